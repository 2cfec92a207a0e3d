import type { RegistryDb } from "../db/registry-db.ts";

const HOST = /^[a-z0-9.-]{1,253}$/;

/** Whose install a host name belongs to. */
export interface HostOwner {
  readonly tenantId: string;
  readonly registryId: string;
  /** `sha256:` and 64 hex digits. */
  readonly contentHash: string;
}

/** Find the active install that owns a host name; letter case and a port are ignored. */
export async function lookupHost(db: RegistryDb, host: string): Promise<HostOwner | null> {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  if (!HOST.test(name)) return null;
  const row = await db.withHost(name, (tx) =>
    tx
      .selectFrom("tenant_extension_install as i")
      .innerJoin("extension_bundle as b", "b.version_id", "i.version_id")
      .select(["i.tenant_id", "i.registry_id", "b.content_hash"])
      .where("i.runner_domain", "=", name)
      .where("i.is_enabled", "=", true)
      .where("i.status", "=", "enabled")
      .executeTakeFirst(),
  );
  return row === undefined
    ? null
    : { tenantId: row.tenant_id, registryId: row.registry_id, contentHash: row.content_hash };
}

import { effectiveCapabilities, effectiveEgress, ManifestError, resolveEgress } from "@alga-ext/manifest";
import { toContentHash, type InstallResolver, type JsonValue } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { envelopePeriod, type SealEnvelope } from "../secrets/seal-envelope.ts";
import { createRevocationCheck } from "./check-revoked.ts";
import type { InstallContext } from "./install-context.ts";

/**
 * The resolver that the gateway asks on every call: one query, and a second one only after secrets or trust changed.
 *
 * What was revoked since it was installed is absent, as is what is disabled, uninstalled or another tenant's.
 */
export function createInstallResolver(
  options: Pick<InstallContext, "db" | "trust" | "allowUnsigned" | "clock"> & {
    readonly sealEnvelope: SealEnvelope;
  },
): Required<InstallResolver> {
  const { db, sealEnvelope, clock } = options;
  const isRevoked = createRevocationCheck(options);
  return {
    async resolve({ tenantId, extensionId }) {
      // Before the envelope is looked at, so that the revision never claims a later period than the envelope lasts.
      const now = clock();
      const row = await db.withTenant(tenantId, (tx) =>
        findActive(tx, tenantId, extensionId)
          .innerJoin("extension_version as v", "v.id", "i.version_id")
          .innerJoin("extension_bundle as b", "b.version_id", "v.id")
          .select([
            "i.granted_caps",
            "i.granted_egress",
            "i.updated_at",
            "i.config as install_config",
            "i.registry_id",
            "c.config",
            "r.slug",
            "r.display_name",
            "v.version",
            "v.api_endpoints",
            "v.ui",
            "v.capabilities",
            "v.egress",
            "b.content_hash",
          ])
          .executeTakeFirst(),
      );
      if (row === undefined || (await isRevoked(row.version_id))) return null;
      const install = { tenantId, installId: row.id, secretsVersion: row.secrets_version };
      const config = { ...row.install_config, ...row.config };
      return {
        ...install,
        registryId: row.registry_id,
        versionId: row.version_id,
        version: row.version,
        slug: row.slug,
        displayName: row.display_name,
        contentHash: toContentHash(row.content_hash),
        endpoints: row.api_endpoints.map(({ method, path, handler, request }) => ({
          method,
          path,
          handler,
          ...(request === undefined ? {} : { request }),
        })),
        providers: effectiveCapabilities([...row.capabilities], [...row.granted_caps]),
        egress: fillHosts(effectiveEgress([...row.egress], [...row.granted_egress]), config),
        config: toStringMap(config),
        configVersion: row.config_version,
        secretEnvelope: await sealEnvelope(install),
        clientPortal: (row.ui?.hooks.clientPortalMenu?.label ?? "") !== "",
        revision: toRevision(row, now),
        updatedAt: row.updated_at.toISOString(),
      };
    },
    async revision({ tenantId, extensionId }) {
      const row = await db.withTenant(tenantId, (tx) =>
        findActive(tx, tenantId, extensionId).executeTakeFirst(),
      );
      return row === undefined || (await isRevoked(row.version_id)) ? null : toRevision(row, clock());
    },
  };
}

/** What a revision is made of, and nothing more. */
function findActive(tx: TenantDb, tenantId: string, extensionId: string) {
  const byId = isUuid(extensionId);
  return tx
    .selectFrom("tenant_extension_install as i")
    .innerJoin("tenant_extension_install_config as c", "c.install_id", "i.id")
    .innerJoin("extension_registry as r", "r.id", "i.registry_id")
    .select([
      "i.id",
      "i.version_id",
      "i.secrets_version",
      "c.version as config_version",
      "r.updated_at as published_at",
    ])
    .where("i.tenant_id", "=", tenantId)
    .where("i.is_enabled", "=", true)
    .where("i.status", "=", "enabled")
    .where("i.uninstalled_at", "is", null)
    .where((eb) =>
      byId
        ? eb.or([eb("i.id", "=", extensionId), eb("i.registry_id", "=", extensionId)])
        : eb("r.slug", "=", extensionId.replaceAll("\0", "\u{fffd}").toLowerCase()),
    )
    .$if(byId, (query) => query.orderBy(sql`i.id = ${extensionId}::uuid`, "desc"))
    .limit(1);
}

/**
 * The display name is the only thing that comes from the extension's own row, which every publish touches. And a sealed
 * envelope expires, so an answer with secrets is not kept for longer than one.
 */
function toRevision(
  row: {
    readonly id: string;
    readonly secrets_version: string | null;
    readonly config_version: string;
    readonly published_at: Date;
  },
  now: number,
): string {
  const sealed = row.secrets_version === null ? "" : `.${envelopePeriod(now).toString(36)}`;
  return `${row.id}.${row.config_version}.${row.published_at.getTime().toString(36)}${sealed}`;
}

/** Fill settings into the hosts that name some; a host whose setting is missing or no label stays closed. */
function fillHosts(hosts: readonly string[], config: Readonly<Record<string, JsonValue>>): string[] {
  const filled = hosts.flatMap((host) => {
    if (!host.includes("{")) return [host];
    try {
      return resolveEgress({ egress: [{ host }] }, config);
    } catch (error) {
      if (error instanceof ManifestError) return [];
      throw error;
    }
  });
  return [...new Set(filled)];
}

/** Guests see text: anything else is written as JSON, and null as nothing. */
function toStringMap(config: Readonly<Record<string, JsonValue>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (typeof value === "string") return [key, value];
      return [key, value === null ? "" : JSON.stringify(value)];
    }),
  );
}

import { effectiveCapabilities, effectiveEgress } from "@alga-ext/manifest";
import { toContentHash, type InstallResolver, type JsonValue } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import { isUuid } from "../internal/is-uuid.ts";
import type { SealEnvelope } from "../secrets/seal-envelope.ts";

/** The resolver that the gateway asks on every call: one query, and a second one only after secrets changed. */
export function createInstallResolver(options: {
  readonly db: RegistryDb;
  readonly sealEnvelope: SealEnvelope;
}): InstallResolver {
  const { db, sealEnvelope } = options;
  return {
    async resolve({ tenantId, extensionId }) {
      const row = await db.withTenant(tenantId, (tx) => findActive(tx, tenantId, extensionId));
      if (row === undefined) return null;
      const install = { tenantId, installId: row.id, secretsVersion: row.secrets_version };
      return {
        ...install,
        registryId: row.registry_id,
        versionId: row.version_id,
        version: row.version,
        slug: row.slug,
        displayName: row.display_name,
        contentHash: toContentHash(row.content_hash),
        endpoints: row.api_endpoints.map(({ method, path, handler }) => ({ method, path, handler })),
        providers: effectiveCapabilities([...row.capabilities], [...row.granted_caps]),
        egress: effectiveEgress([...row.egress], [...row.granted_egress]),
        config: toStringMap({ ...row.install_config, ...row.config }),
        configVersion: row.config_version,
        secretEnvelope: await sealEnvelope(install),
        clientPortal: (row.ui?.hooks.clientPortalMenu?.label ?? "") !== "",
      };
    },
  };
}

function findActive(tx: TenantDb, tenantId: string, extensionId: string) {
  const byId = isUuid(extensionId);
  return tx
    .selectFrom("tenant_extension_install as i")
    .innerJoin("tenant_extension_install_config as c", "c.install_id", "i.id")
    .innerJoin("extension_registry as r", "r.id", "i.registry_id")
    .innerJoin("extension_version as v", "v.id", "i.version_id")
    .innerJoin("extension_bundle as b", "b.version_id", "v.id")
    .select([
      "i.id",
      "i.registry_id",
      "i.version_id",
      "i.granted_caps",
      "i.granted_egress",
      "i.secrets_version",
      "i.config as install_config",
      "c.config",
      "c.version as config_version",
      "r.slug",
      "r.display_name",
      "v.version",
      "v.api_endpoints",
      "v.ui",
      "v.capabilities",
      "v.egress",
      "b.content_hash",
    ])
    .where("i.tenant_id", "=", tenantId)
    .where("i.is_enabled", "=", true)
    .where("i.status", "=", "enabled")
    .where((eb) =>
      byId
        ? eb.or([eb("i.id", "=", extensionId), eb("i.registry_id", "=", extensionId)])
        : eb("r.slug", "=", extensionId.toLowerCase()),
    )
    .$if(byId, (query) => query.orderBy(sql`i.id = ${extensionId}::uuid`, "desc"))
    .limit(1)
    .executeTakeFirst();
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

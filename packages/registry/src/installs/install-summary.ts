import { consentItems, effectiveEgress, type Manifest } from "@alga-ext/manifest";
import type { ConsentItem, Grants, InstallDetails } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { readManifest as parseStored, tryManifest, type ReadManifest } from "../publish/manifest-reader.ts";
import { fitSettings } from "../settings/fit-settings.ts";

/** All installs of a tenant as its admin page and sidebar show them, by display name. */
export async function readInstalls(
  tx: TenantDb,
  {
    tenantId,
    registryId,
    readManifest = parseStored,
  }: { readonly tenantId: string; readonly registryId?: string; readonly readManifest?: ReadManifest },
): Promise<InstallDetails[]> {
  const rows = await findInstalls(tx, { tenantId, registryId });
  const secretNames = await readSecretNames(tx, tenantId);
  return rows.map((row) => {
    const granted = { capabilities: row.granted_caps, egress: row.granted_egress };
    const secrets = secretNames.get(row.id) ?? [];
    const read = tryManifest(readManifest, { versionId: row.version_id, manifest: row.manifest });
    const isReadable = !(read instanceof RegistryError);
    // What was published under looser rules is still asked for; only the publisher's reasons are lost.
    const declared = isReadable
      ? read
      : { capabilities: row.capabilities, egress: row.egress.map((host) => ({ host, reason: "" })) };
    const pending = pendingConsent(declared, granted);
    return {
      installId: row.id,
      registryId: row.registry_id,
      versionId: row.version_id,
      version: row.version,
      slug: row.slug,
      displayName: row.display_name,
      enabled: row.is_enabled && row.status === "enabled",
      contentHash: row.content_hash,
      grantedCapabilities: granted.capabilities,
      grantedEgress: granted.egress,
      pendingConsent: pending,
      menuLabel: row.ui?.hooks.appMenu?.label ?? null,
      hasUi: row.ui !== null,
      secretNames: secrets,
      follows: row.follows,
      pinned: row.is_pinned,
      askedByUpdate: pending.filter(({ kind, name }) =>
        row.asked_consent.some((asked) => asked.kind === kind && asked.name === name),
      ),
      settingProblems: isReadable ? fitSettings(read, row.settings, secrets).problems : [],
      domain: row.runner_domain,
      domainStatus: row.runner_status,
    };
  });
}

/**
 * One install; the caller has just written it in this transaction.
 *
 * @throws {RegistryError} `install_not_found`.
 */
export async function readInstall(
  tx: TenantDb,
  { readManifest }: { readonly readManifest: ReadManifest },
  key: { readonly tenantId: string; readonly registryId: string },
): Promise<InstallDetails> {
  const [install] = await readInstalls(tx, { ...key, readManifest });
  if (install === undefined) throw new RegistryError("install_not_found", "This extension is not installed.");
  return install;
}

function findInstalls(
  tx: TenantDb,
  { tenantId, registryId }: { readonly tenantId: string; readonly registryId: string | undefined },
) {
  return tx
    .selectFrom("tenant_extension_install as i")
    .innerJoin("extension_registry as r", "r.id", "i.registry_id")
    .innerJoin("extension_version as v", "v.id", "i.version_id")
    .innerJoin("extension_bundle as b", "b.version_id", "v.id")
    .select([
      "i.id",
      "i.registry_id",
      "i.version_id",
      "i.is_enabled",
      "i.status",
      "i.granted_caps",
      "i.granted_egress",
      "i.follows",
      "i.is_pinned",
      "i.asked_consent",
      "i.settings",
      "i.runner_domain",
      "i.runner_status",
      "r.slug",
      "r.display_name",
      "v.version",
      "v.ui",
      "v.manifest",
      "v.capabilities",
      "v.egress",
      "b.content_hash",
    ])
    .where("i.tenant_id", "=", tenantId)
    .where("i.uninstalled_at", "is", null)
    .$if(registryId !== undefined, (query) => query.where("i.registry_id", "=", registryId ?? ""))
    .orderBy("r.display_name")
    .orderBy("r.slug")
    .execute();
}

/** What a version asks for and the administrator has not agreed to. */
function pendingConsent(declared: Pick<Manifest, "capabilities" | "egress">, granted: Grants): ConsentItem[] {
  return consentItems(declared).filter((item) => {
    if (item.byDefault) return false;
    if (item.kind === "capability") return !granted.capabilities.includes(item.name);
    return !effectiveEgress([item.name], [...granted.egress]).includes(item.name);
  });
}

async function readSecretNames(tx: TenantDb, tenantId: string): Promise<Map<string, string[]>> {
  const rows = await tx
    .selectFrom("tenant_extension_install_secrets")
    .select(["install_id", "name"])
    .where("tenant_id", "=", tenantId)
    .orderBy("name")
    .execute();
  const names = new Map<string, string[]>();
  for (const row of rows) names.set(row.install_id, [...(names.get(row.install_id) ?? []), row.name]);
  return names;
}

import type { Grants, InstallDetails } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import { claimDomain } from "../domains/claim-domain.ts";
import { pickVersion } from "../releases/pick-version.ts";
import { assertTrusted } from "./assert-trusted.ts";
import { insertInstall } from "./insert-install.ts";
import type { InstallContext } from "./install-context.ts";
import { readInstall } from "./install-summary.ts";
import { keepInstall } from "./keep-install.ts";
import { checkGrants, limitGrants } from "./limit-grants.ts";
import { followedBy } from "./read-version.ts";
import { recordChange } from "./record-change.ts";
import { restoreInstall } from "./restore-install.ts";

/** What {@link install} needs to know. */
export interface InstallExtensionRequest {
  readonly tenantId: string;
  /** UUID or slug of the extension. */
  readonly registryId: string;
  /** Exact, `X.Y.*` for the newest release of that line, or a channel; the last two are followed by updates. */
  readonly version: string;
  /**
   * What the administrator agreed to; the part that is not declared is ignored. `"declared"` is everything the version
   * declares, and over an existing install what was given before. Nothing is granted by saying nothing.
   */
  readonly grants: Grants | "declared";
  /** Bring back data, secrets and settings of the install that was uninstalled last. @default false */
  readonly restore?: boolean;
  /** User id for the release log. */
  readonly actor: string;
}

/**
 * Install a version for a tenant.
 *
 * Asking again for what is installed, with the same grants or with `"declared"`, is answered as the first time and
 * keeps id, grants, data and secrets; anything else is refused, so that nobody replaces a colleague's decision unseen.
 *
 * @throws {RegistryError} `extension_not_found`, `version_not_found`, `version_yanked`, `signature_required`, `already_installed`,
 * `nothing_to_restore`.
 * @throws {BundleError} when its signatures are no longer good enough: `revoked_digest`, `trust_expired`, …
 * @throws {TypeError} without grants.
 */
export async function install(
  context: InstallContext,
  request: InstallExtensionRequest,
): Promise<InstallDetails> {
  const { tenantId, actor, restore = false } = request;
  const grants = request.grants === "declared" ? null : checkGrants(request.grants);
  const now = new Date(context.clock());
  return context.db.withTenant(tenantId, async (tx) => {
    const version = await pickVersion(tx, { registryId: request.registryId, wanted: request.version });
    const { registryId } = version;
    // One at a time for a tenant and extension: there may be no row yet to lock, and a restored one may come in between.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`install:${tenantId}:${registryId}`}, 0))`.execute(
      tx,
    );
    await assertTrusted(tx, context, version.id);
    const wanted = limitGrants(version, grants ?? version);
    const follows = followedBy(request.version);
    const place = { tenantId, version, grants: wanted, follows, actor, now };
    const installed = restore
      ? { ...(await restoreInstall(tx, context, place)), type: "install_restored" as const }
      : ((await insertInstall(tx, context, place)) ?? {
          ...(await keepInstall(tx, { tenantId, version, grants: grants === null ? null : wanted })),
          type: "install_created" as const,
        });
    if (restore) await switchOn(tx, { tenantId, installId: installed.id, follows });
    await claimDomain(tx, context, { tenantId, installId: installed.id, registryId, now });
    await recordChange(tx, {
      tenantId,
      registryId,
      installId: installed.id,
      type: installed.type,
      actor,
      payload: {
        versionId: version.id,
        version: version.version,
        follows,
        grants: { ...installed.granted },
      },
      now,
    });
    return readInstall(tx, context, { tenantId, registryId });
  });
}

async function switchOn(
  tx: TenantDb,
  {
    tenantId,
    installId,
    follows,
  }: { readonly tenantId: string; readonly installId: string; readonly follows: string | null },
): Promise<void> {
  await tx
    .updateTable("tenant_extension_install")
    .set({ status: "enabled", is_enabled: true, is_pinned: false, follows })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", installId)
    .execute();
}

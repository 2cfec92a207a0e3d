import type { Grants, InstallSummary } from "@alga-ext/protocol";
import { appendEvent } from "../releases/append-event.ts";
import { assertTrusted } from "./assert-trusted.ts";
import { findVersion } from "./find-version.ts";
import type { InstallContext } from "./install-context.ts";
import { readInstall } from "./install-summary.ts";
import { keepInstall } from "./keep-install.ts";
import { limitGrants } from "./limit-grants.ts";
import { freeRunnerDomain } from "./runner-domain.ts";
import { touchInstall } from "./touch-install.ts";

/** What {@link install} needs to know. */
export interface InstallExtensionRequest {
  readonly tenantId: string;
  readonly registryId: string;
  /** Exact, or `X.Y.*` for the newest release of that line. */
  readonly version: string;
  /** What the administrator agreed to; the part that is not declared is ignored. @default everything declared */
  readonly grants?: Grants;
  /** User id for the release log. */
  readonly actor: string;
}

/**
 * Install a version for a tenant.
 *
 * Asking again for what is installed, with the same grants or with none named, is answered as the first time and keeps
 * id, grants, data and secrets; anything else is refused, so that nobody replaces a colleague's decision unseen.
 *
 * @throws {RegistryError} `extension_not_found`, `version_not_found`, `signature_required`, `already_installed`.
 * @throws {BundleError} when its signatures are no longer good enough: `revoked_digest`, `trust_expired`, …
 */
export function install(context: InstallContext, request: InstallExtensionRequest): Promise<InstallSummary> {
  const { tenantId, registryId, actor } = request;
  const now = new Date(context.clock());
  return context.db.withTenant(tenantId, async (tx) => {
    const version = await findVersion(tx, request);
    await assertTrusted(tx, context, version.id);
    const wanted = limitGrants(version, request.grants ?? version);
    const domain =
      context.domainRoot === null
        ? null
        : await freeRunnerDomain(tx, { tenantId, registryId, root: context.domainRoot });
    const state = {
      status: "enabled" as const,
      is_enabled: true,
      runner_domain: domain,
      runner_status: JSON.stringify({ state: domain === null ? "pending_configuration" : "provisioning" }),
      updated_at: now,
    };
    // Of two who install at once the second waits here, and then meets the first one's row.
    const created = await tx
      .insertInto("tenant_extension_install")
      .values({
        tenant_id: tenantId,
        registry_id: registryId,
        version_id: version.id,
        granted_caps: JSON.stringify(wanted.capabilities),
        granted_egress: JSON.stringify(wanted.egress),
        config: "{}",
        created_at: now,
        ...state,
      })
      .onConflict((conflict) => conflict.columns(["tenant_id", "registry_id"]).doNothing())
      .returning("id")
      .executeTakeFirst();
    const { id, granted } =
      created === undefined
        ? await keepInstall(tx, { request, versionId: version.id, wanted, state })
        : { id: created.id, granted: wanted };
    await touchInstall(tx, { tenantId, installId: id, now });
    await appendEvent(tx, {
      tenantId,
      type: "install_created",
      actor,
      payload: {
        registryId,
        installId: id,
        versionId: version.id,
        version: version.version,
        grants: { ...granted },
      },
      at: now,
    });
    return readInstall(tx, { tenantId, registryId });
  });
}

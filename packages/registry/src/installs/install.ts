import type { Grants, InstallSummary } from "@alga-ext/protocol";
import { appendEvent } from "../releases/append-event.ts";
import { assertTrusted } from "./assert-trusted.ts";
import { findVersion } from "./find-version.ts";
import type { InstallContext } from "./install-context.ts";
import { readInstall } from "./install-summary.ts";
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
 * Install a version for a tenant, or install it anew over an existing install, whose id, data and secrets stay.
 *
 * @throws {RegistryError} `extension_not_found`, `version_not_found`, `signature_required`.
 * @throws {BundleError} when its signatures are no longer good enough: `revoked_digest`, `trust_expired`, …
 */
export function install(context: InstallContext, request: InstallExtensionRequest): Promise<InstallSummary> {
  const { tenantId, registryId, actor } = request;
  const now = new Date(context.clock());
  return context.db.withTenant(tenantId, async (tx) => {
    const version = await findVersion(tx, request);
    await assertTrusted(tx, context, version.id);
    const granted = limitGrants(version, request.grants ?? version);
    const domain =
      context.domainRoot === null
        ? null
        : await freeRunnerDomain(tx, { tenantId, registryId, root: context.domainRoot });
    const state = {
      version_id: version.id,
      status: "enabled" as const,
      is_enabled: true,
      granted_caps: JSON.stringify(granted.capabilities),
      granted_egress: JSON.stringify(granted.egress),
      runner_domain: domain,
      runner_status: JSON.stringify({ state: domain === null ? "pending_configuration" : "provisioning" }),
      updated_at: now,
    };
    const { id } = await tx
      .insertInto("tenant_extension_install")
      .values({ tenant_id: tenantId, registry_id: registryId, config: "{}", created_at: now, ...state })
      .onConflict((conflict) => conflict.columns(["tenant_id", "registry_id"]).doUpdateSet(state))
      .returning("id")
      .executeTakeFirstOrThrow();
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

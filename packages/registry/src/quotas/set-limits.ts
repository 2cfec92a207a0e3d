import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { parseLimits, type QuotaLimits } from "./limits.ts";

/** Whom limits are for: tenants of a plan, one extension at every tenant, one tenant, or one extension of one tenant. */
export type QuotaScope =
  | { readonly plan: string }
  | { readonly registryId: string }
  | { readonly tenantId: string; readonly registryId?: string };

interface QuotaContext {
  readonly db: RegistryDb;
  readonly clock: () => number;
}

/**
 * Replace the limits of one scope.
 *
 * @throws {RegistryError} `invalid_request`, `extension_not_found`.
 */
export async function setLimits(
  { db, clock }: QuotaContext,
  { scope, limits }: { readonly scope: QuotaScope; readonly limits: QuotaLimits },
): Promise<void> {
  const changed = { limits: JSON.stringify(parseLimits(limits)), updated_at: new Date(clock()) };
  if ("tenantId" in scope) {
    const { tenantId, registryId } = scope;
    const row = { tenant_id: tenantId, scope: registryId === undefined ? "tenant" : nameOf(registryId) };
    await db.withTenant(tenantId, (tx) =>
      tx
        .insertInto("extension_quota_limit")
        .values({ ...row, ...changed })
        .onConflict((conflict) => conflict.columns(["tenant_id", "scope"]).doUpdateSet(changed))
        .execute(),
    );
    return;
  }
  const name = "plan" in scope ? `plan:${parsePlan(scope.plan)}` : nameOf(scope.registryId);
  await db.shared((tx) =>
    tx
      .insertInto("extension_quota_scope")
      .values({ scope: name, ...changed })
      .onConflict((conflict) => conflict.column("scope").doUpdateSet(changed))
      .execute(),
  );
}

/**
 * Put a tenant on a plan, or on none; the tenant's own limits stay.
 *
 * @throws {RegistryError} `invalid_request`.
 */
export async function setPlan(
  { db, clock }: QuotaContext,
  { tenantId, plan }: { readonly tenantId: string; readonly plan: string | null },
): Promise<void> {
  const changed = { plan: plan === null ? null : parsePlan(plan), updated_at: new Date(clock()) };
  await db.withTenant(tenantId, (tx) =>
    tx
      .insertInto("extension_quota_limit")
      .values({ tenant_id: tenantId, scope: "tenant", limits: "{}", ...changed })
      .onConflict((conflict) => conflict.columns(["tenant_id", "scope"]).doUpdateSet(changed))
      .execute(),
  );
}

function nameOf(registryId: string): string {
  if (isUuid(registryId)) return `extension:${registryId.toLowerCase()}`;
  throw new RegistryError("extension_not_found", "Quotas are kept by the registry id of an extension.");
}

function parsePlan(plan: string): string {
  if (typeof plan === "string" && /^[a-z0-9][a-z0-9._-]{0,63}$/.test(plan)) return plan;
  throw new RegistryError(
    "invalid_request",
    "A plan is named with 1 to 64 lower-case letters, digits, dots, dashes or underscores.",
    { details: { field: "plan" } },
  );
}

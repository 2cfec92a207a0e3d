import type { RegistryDb } from "../db/registry-db.ts";
import type { QuotaDecision } from "./decide.ts";
import type { QuotaAmounts, QuotaLease } from "@alga-ext/protocol";
import type { QuotaLimits } from "./limits.ts";
import { readLimits, type LimitsInForce } from "./read-limits.ts";
import { setLimits, setPlan, type QuotaScope } from "./set-limits.ts";
import { settle } from "./settle.ts";
import { createTake, type TakeRequest } from "./take.ts";

/** Limits per plan, tenant and extension, and the counting against them. */
export interface Quotas {
  /**
   * Replace the limits of one scope; `{}` clears them. The most specific scope that sets a limit wins: the default
   * plan, the tenant's plan, the tenant, the extension, the tenant's extension.
   *
   * @throws {RegistryError} `invalid_request`, `extension_not_found`.
   */
  setLimits(request: { readonly scope: QuotaScope; readonly limits: QuotaLimits }): Promise<void>;
  /**
   * Put a tenant on a plan; null for none but the plan `default`, from which every tenant inherits.
   *
   * @throws {RegistryError} `invalid_request`.
   */
  setPlan(request: { readonly tenantId: string; readonly plan: string | null }): Promise<void>;
  /** The limits that hold for one extension of a tenant, and what the window under way has used of them. */
  limits(query: { readonly tenantId: string; readonly registryId: string }): Promise<LimitsInForce>;
  /**
   * Count one call, or refuse it; never more calls than the limit, whoever else takes at the same time.
   *
   * @throws {RegistryError} `extension_not_found` for an id that is no registry id.
   */
  take(request: TakeRequest): Promise<QuotaDecision>;
  /** End a call that was never logged: `executionLog.finished` with its lease does the same. A second time changes nothing. */
  release(lease: QuotaLease, used?: QuotaAmounts): Promise<void>;
}

/** The quotas in the registry's database. */
export function createQuotas(context: { readonly db: RegistryDb; readonly clock: () => number }): Quotas {
  const { db } = context;
  return Object.freeze<Quotas>({
    setLimits: (request) => setLimits(context, request),
    setPlan: (request) => setPlan(context, request),
    limits: (query) => readLimits(context, query),
    take: createTake(context),
    release: (lease, used = {}) => db.withTenant(lease.tenantId, (tx) => settle(tx, [{ lease, used }])),
  });
}

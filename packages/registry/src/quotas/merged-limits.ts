import { sql, type RawBuilder } from "kysely";
import type { QuotaLimits } from "./limits.ts";

/** The plan whose limits every tenant inherits. */
export const DEFAULT_PLAN = "default";

/**
 * SQL for the limits that hold for one extension of one tenant: the default plan, the tenant's plan, the tenant, the
 * extension, and the tenant's extension, each overriding the one before. Five rows by primary key.
 */
export function mergedLimits(
  tenantId: string,
  registryId: RawBuilder<string> | string,
): RawBuilder<QuotaLimits> {
  const everyone = (scope: RawBuilder<unknown>) =>
    sql`coalesce((select limits from extension_quota_scope where scope = ${scope}), '{}'::jsonb)`;
  const own = (scope: RawBuilder<unknown>) => sql`coalesce((select limits from extension_quota_limit
    where tenant_id = ${tenantId} and scope = ${scope}), '{}'::jsonb)`;
  const plan = sql`(select 'plan:' || plan from extension_quota_limit
    where tenant_id = ${tenantId} and scope = 'tenant')`;
  const extension = sql`'extension:' || ${registryId}::text`;
  return sql<QuotaLimits>`(${everyone(sql.lit(`plan:${DEFAULT_PLAN}`))} || ${everyone(plan)}
    || ${own(sql`'tenant'`)} || ${everyone(extension)} || ${own(extension)})`;
}

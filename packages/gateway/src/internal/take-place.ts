import type { QuotaLease, ResolvedInstall } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import type { CallQuota } from "../ports.ts";

/**
 * Take a place for a call from what the tenant's plan lets this extension use; null when there are no quotas.
 *
 * @throws {GatewayError} `quota_exceeded`, with the name of the limit and when to come back.
 */
export async function takePlace(
  { quota }: { readonly quota?: CallQuota },
  { tenantId, registryId }: ResolvedInstall,
): Promise<QuotaLease | null> {
  if (quota === undefined) return null;
  const answer = await quota.take({ tenantId, registryId });
  if (answer.allowed) return answer.lease;
  const { limit, value } = answer;
  throw new GatewayError(
    "quota_exceeded",
    `This extension may use no more: ${limit} is limited to ${value}.`,
    {
      details: { limit, value, retryAfterS: Math.max(1, Math.ceil(answer.retryAfterMs / 1000)) },
    },
  );
}

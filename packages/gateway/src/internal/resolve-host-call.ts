import { CALL_TOKEN_HEADER, type ResolvedInstall } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import { assertTenantAgrees } from "./assert-tenant-agrees.ts";
import type { InternalRouteOptions } from "./install-config-route.ts";
import { assertRunner } from "./runner-guard.ts";

/**
 * The install that a request of the runner to a host-API route serves.
 *
 * The runner proves itself by `x-runner-auth` and the call by its token; tenant and install come from the token, and
 * the install is looked up again, so that one disabled mid-call loses its powers at once.
 *
 * @throws {GatewayError} `unauthorized` when there is no such active install either, `mixed_auth`, `tenant_mismatch`,
 *   `call_token_*`
 */
export async function resolveHostCall(
  { guard, calls, installs, clock }: InternalRouteOptions,
  request: Request,
  installId: string,
): Promise<ResolvedInstall> {
  await assertRunner(guard, request);
  const token = request.headers.get(CALL_TOKEN_HEADER);
  if (token === null) throw new GatewayError("unauthorized", `${CALL_TOKEN_HEADER} is missing.`);
  const claims = await calls.verify(token, { now: clock() });
  assertTenantAgrees(request.headers, claims.tenant);
  if (claims.sub !== installId) throw new GatewayError("unauthorized", "The call is another install's.");
  const install = await installs.resolve({ tenantId: claims.tenant, extensionId: installId });
  if (install === null || install.installId !== installId || install.tenantId !== claims.tenant)
    throw new GatewayError("unauthorized", "The install is not active.");
  return install;
}

/** Whether a refusal is about who asks. */
export function isUnauthorized({ code }: GatewayError): boolean {
  if (code === "mixed_auth" || code === "tenant_mismatch") return true;
  return code === "unauthorized" || code.startsWith("call_token_");
}

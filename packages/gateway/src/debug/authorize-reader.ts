import type { Principal } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import type { GatewayOptions } from "../options.ts";

/**
 * Who reads the debug stream: an internal user or service of the session's own tenant with `extension:read`.
 *
 * A tenant named by query or header may only agree with the session, it never decides.
 *
 * @throws {GatewayError} `unauthenticated`, `missing_tenant`, `tenant_mismatch`, `forbidden`
 */
export async function authorizeReader(
  { authenticate }: Pick<GatewayOptions, "authenticate">,
  request: Request,
  url: URL,
): Promise<Principal> {
  const principal = await authenticate(request);
  if (principal === null || principal.userId === "")
    throw new GatewayError("unauthenticated", "Unauthorized");
  if (principal.tenantId === "") throw new GatewayError("missing_tenant", "Unauthorized");
  const claims = [
    ...url.searchParams.getAll("tenantId"),
    request.headers.get("x-alga-tenant"),
    request.headers.get("x-tenant-id"),
  ];
  if (claims.some((claim) => claim !== null && claim !== principal.tenantId))
    throw new GatewayError("tenant_mismatch", "Forbidden");
  // Logs hold what every user of the tenant did: nothing for a client's portal.
  if (principal.userType === "client" || !principal.permissions.includes("extension:read"))
    throw new GatewayError("forbidden", "Forbidden");
  return principal;
}

import type { Permission, Principal } from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";
import type { RegistryHandlerOptions } from "./route-context.ts";

/**
 * Who makes a request. Tenant headers are compared with the principal's tenant, never believed.
 *
 * @throws {RegistryError} `unauthenticated`, `tenant_mismatch`
 */
export async function identify(
  request: Request,
  { authenticate }: Pick<RegistryHandlerOptions, "authenticate">,
): Promise<Principal> {
  const principal = await authenticate(request);
  if (principal === null) throw new RegistryError("unauthenticated", "Sign in first.");
  for (const header of ["x-alga-tenant", "x-tenant-id"]) {
    const tenant = request.headers.get(header);
    if (tenant !== null && tenant !== principal.tenantId) {
      throw new RegistryError("tenant_mismatch", `${header} names another tenant than yours.`);
    }
  }
  return principal;
}

/**
 * Whether a principal may do what a route does.
 *
 * Client-portal users use extensions through the gateway; managing them is for the tenant's own people.
 *
 * @throws {RegistryError} `forbidden`
 */
export function authorize({ userType, permissions }: Principal, permission: Permission): void {
  if (userType !== "client" && permissions.includes(permission)) return;
  throw new RegistryError("forbidden", `This needs the permission ${permission}.`);
}

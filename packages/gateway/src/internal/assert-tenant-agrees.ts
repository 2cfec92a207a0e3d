import { GatewayError } from "../errors.ts";

/**
 * Headers that name a tenant never set it; they may only agree with the one that is proven.
 *
 * @throws {GatewayError} `tenant_mismatch`.
 */
export function assertTenantAgrees(headers: Headers, tenantId: string): void {
  for (const name of ["x-alga-tenant", "x-tenant-id"]) {
    const claimed = headers.get(name);
    if (claimed === null || claimed === tenantId) continue;
    throw new GatewayError("tenant_mismatch", `Header ${name} names another tenant than the one proven.`);
  }
}

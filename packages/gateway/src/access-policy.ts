import type { Principal, ResolvedInstall } from "@alga-ext/protocol";
import { GatewayError } from "./errors.ts";

/**
 * The built-in rules of who may call (contract §1.3, steps 5 and 6).
 *
 * Client-portal users: the extension must offer a portal menu and their client must be known. Everyone else needs
 * `extension:read` for GET and HEAD, `extension:write` for the rest.
 *
 * @throws {GatewayError} `forbidden`.
 */
export function assertMayCall(principal: Principal, install: ResolvedInstall, method: string): void {
  if (principal.userType === "client") {
    if (!install.clientPortal || principal.clientId === undefined || principal.clientId === "") {
      throw new GatewayError("forbidden", "This extension is not open to client-portal users.");
    }
    return;
  }
  const needed = method === "GET" || method === "HEAD" ? "extension:read" : "extension:write";
  if (!principal.permissions.includes(needed)) {
    throw new GatewayError("forbidden", `This needs the permission ${needed}.`);
  }
}

import type { NewApiKey, Principal } from "@alga-ext/protocol";
import type { ApiKeyContext } from "./api-key-row.ts";
import { issueApiKey } from "./issue-api-key.ts";

const LIFETIME_MS = 15 * 60_000;

/**
 * A key of 15 minutes for a principal that proved itself with a single-use token: it may do what the principal may.
 *
 * Publishing takes several requests, and an identity token is good for one.
 *
 * @throws {RegistryError} `too_many_api_keys`
 */
export function exchangeToken(context: ApiKeyContext, principal: Principal): Promise<NewApiKey> {
  return issueApiKey(context, {
    tenantId: principal.tenantId,
    name: principal.name.slice(0, 128),
    permissions: principal.permissions,
    publishers: principal.publishers ?? null,
    createdBy: principal.userId,
    lifetimeMs: LIFETIME_MS,
  });
}

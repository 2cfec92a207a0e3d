import type { ApiKey, NewApiKey, Principal } from "@alga-ext/protocol";
import type { ApiKeyContext } from "./api-key-row.ts";
import { createApiKey, type CreateApiKeyRequest } from "./create-api-key.ts";
import { exchangeToken } from "./exchange-token.ts";
import { listApiKeys } from "./list-api-keys.ts";
import { revokeApiKey, type RevokeApiKeyRequest } from "./revoke-api-key.ts";
import { verifyApiKey } from "./verify-api-key.ts";

/** Keys with which programs speak for a tenant. */
export interface ApiKeys {
  /** Make a key; its text is in the answer and nowhere else. */
  create(request: CreateApiKeyRequest): Promise<NewApiKey>;
  /** A tenant's keys, newest first, without their secrets; those that ended are kept for 90 days. */
  list(tenantId: string): Promise<ApiKey[]>;
  /** End a key at once; repeating it changes nothing. */
  revoke(request: RevokeApiKeyRequest): Promise<ApiKey>;
  /** Who a key speaks for, or null; why not is not told. */
  verify(token: string): Promise<Principal | null>;
  /** A key of 15 minutes for a principal that proved itself with a single-use token. */
  exchange(principal: Principal): Promise<NewApiKey>;
}

/** The API key verbs of one registry. */
export function createApiKeys(context: ApiKeyContext): ApiKeys {
  return Object.freeze<ApiKeys>({
    create: (request) => createApiKey(context, request),
    list: (tenantId) => listApiKeys(context, tenantId),
    revoke: (request) => revokeApiKey(context, request),
    verify: (token) => verifyApiKey(context, token),
    exchange: (principal) => exchangeToken(context, principal),
  });
}

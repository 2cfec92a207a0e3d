import type { ApiKey, NewApiKey, Permission } from "@alga-ext/protocol";
import { request } from "./request.ts";

/** The tenant's API keys, newest first, without their secrets. */
export async function listApiKeys(): Promise<readonly ApiKey[]> {
  return (await request<{ apiKeys: readonly ApiKey[] }>("GET", "/api/extensions/api-keys")).apiKeys;
}

/** Make a key; its token is in this answer and nowhere else. */
export const createApiKey = (body: {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly expiresInDays: number;
}): Promise<NewApiKey> => request("POST", "/api/extensions/api-keys", body);

/** End a key at once and for good. */
export const revokeApiKey = (id: string): Promise<unknown> =>
  request("DELETE", `/api/extensions/api-keys/${id}`);

import type { ApiKey } from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { toApiKey, type ApiKeyContext } from "./api-key-row.ts";

/**
 * End an API key at once and for good; repeating it changes nothing.
 *
 * @throws {RegistryError} `api_key_not_found`, for another tenant's key too
 */
export async function revokeApiKey(
  { db, clock }: ApiKeyContext,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
): Promise<ApiKey> {
  const now = clock();
  const row = !isUuid(id)
    ? undefined
    : await db.withTenant(tenantId, (tx) =>
        tx
          .updateTable("extension_api_key")
          .set((set) => ({ revoked_at: set.fn.coalesce("revoked_at", set.val(new Date(now))) }))
          .where("tenant_id", "=", tenantId)
          .where("id", "=", id.toLowerCase())
          .returningAll()
          .executeTakeFirst(),
      );
  if (row === undefined) throw new RegistryError("api_key_not_found", "There is no such API key.");
  return toApiKey(row, now);
}

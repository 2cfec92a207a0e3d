import type { ApiKey } from "@alga-ext/protocol";
import { appendAudit } from "../audit/audit.ts";
import { RegistryError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { toApiKey, type ApiKeyContext } from "./api-key-row.ts";

/** What {@link revokeApiKey} takes. */
export interface RevokeApiKeyRequest {
  readonly tenantId: string;
  readonly id: string;
  /** User id for the audit log. @default "system" */
  readonly actor?: string;
}

/**
 * End an API key at once and for good; repeating it changes nothing.
 *
 * @throws {RegistryError} `api_key_not_found`, for another tenant's key too
 */
export async function revokeApiKey(
  { db, clock }: ApiKeyContext,
  { tenantId, id, actor = "system" }: RevokeApiKeyRequest,
): Promise<ApiKey> {
  const at = new Date(clock());
  const row = !isUuid(id)
    ? undefined
    : await db.withTenant(tenantId, async (tx) => {
        const found = await tx
          .selectFrom("extension_api_key")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("id", "=", id.toLowerCase())
          .forUpdate()
          .executeTakeFirst();
        if (found === undefined || found.revoked_at !== null) return found;
        await tx
          .updateTable("extension_api_key")
          .set({ revoked_at: at })
          .where("tenant_id", "=", tenantId)
          .where("id", "=", found.id)
          .execute();
        await appendAudit(tx, {
          tenantId,
          eventType: "api_key.revoked",
          actor,
          resourceType: "api_key",
          resourceId: found.id,
          resourceName: found.name,
          at,
        });
        return { ...found, revoked_at: at };
      });
  if (row === undefined) throw new RegistryError("api_key_not_found", "There is no such API key.");
  return toApiKey(row, at.getTime());
}

import type { ApiKey } from "@alga-ext/protocol";
import { toApiKey, type ApiKeyContext } from "./api-key-row.ts";

const SHOWN = 500;

/** A tenant's API keys, newest first; those that ended are kept for 90 days. At most 500. */
export async function listApiKeys({ db, clock }: ApiKeyContext, tenantId: string): Promise<ApiKey[]> {
  const rows = await db.withTenant(tenantId, (tx) =>
    tx
      .selectFrom("extension_api_key")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .orderBy("created_at", "desc")
      .orderBy("id")
      .limit(SHOWN)
      .execute(),
  );
  return rows.map((row) => toApiKey(row, clock()));
}

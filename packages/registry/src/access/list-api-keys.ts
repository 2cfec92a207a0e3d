import { sql } from "kysely";
import type { ApiKey } from "@alga-ext/protocol";
import { toApiKey, type ApiKeyContext } from "./api-key-row.ts";

const SHOWN = 500;

/**
 * A tenant's API keys, newest first; those that ended are kept for 90 days. At most 500: those that work are always among
 * them, however many short ones were exchanged since.
 */
export async function listApiKeys({ db, clock }: ApiKeyContext, tenantId: string): Promise<ApiKey[]> {
  const now = new Date(clock());
  const rows = await db.withTenant(tenantId, (tx) =>
    tx
      .selectFrom("extension_api_key")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .orderBy(sql`revoked_at is null and expires_at > ${now}`, "desc")
      .orderBy("created_at", "desc")
      .orderBy("id")
      .limit(SHOWN)
      .execute(),
  );
  return rows
    .toSorted((a, b) => b.created_at.getTime() - a.created_at.getTime())
    .map((row) => toApiKey(row, now.getTime()));
}

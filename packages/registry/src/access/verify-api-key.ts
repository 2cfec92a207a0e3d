import { timingSafeEqual } from "node:crypto";
import type { Principal } from "@alga-ext/protocol";
import type { ApiKeyContext } from "./api-key-row.ts";
import { hashApiKeySecret, parseApiKey } from "./api-key-token.ts";

/** Writing a row on every request would cost more than it tells. */
const LAST_USED_STEP_MS = 3_600_000;
const NO_HASH = "0".repeat(64);

/** Who an API key speaks for; null when it is malformed, unknown, wrong, expired or revoked: which one is not told. */
export async function verifyApiKey({ db, clock }: ApiKeyContext, text: string): Promise<Principal | null> {
  const token = parseApiKey(text);
  if (token === null) return null;
  const row = await db.withApiKey(token.id, (tx) =>
    tx.selectFrom("extension_api_key").selectAll().where("id", "=", token.id).executeTakeFirst(),
  );
  const now = clock();
  const given = Buffer.from(hashApiKeySecret(token.secret), "hex");
  const isRight = timingSafeEqual(given, Buffer.from(row?.secret_hash ?? NO_HASH, "hex"));
  if (!isRight || row === undefined || row.revoked_at !== null || row.expires_at.getTime() <= now)
    return null;
  if (row.last_used_at === null || now - row.last_used_at.getTime() >= LAST_USED_STEP_MS) {
    await db.withTenant(row.tenant_id, (tx) =>
      tx
        .updateTable("extension_api_key")
        .set({ last_used_at: new Date(now - (now % LAST_USED_STEP_MS)) })
        .where("tenant_id", "=", row.tenant_id)
        .where("id", "=", row.id)
        .execute(),
    );
  }
  return {
    tenantId: row.tenant_id,
    userId: `api-key:${row.id}`,
    userType: "service",
    email: "",
    name: row.name,
    permissions: row.permissions,
    ...(row.publishers === null ? {} : { publishers: row.publishers }),
  };
}

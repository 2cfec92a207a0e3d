import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import type { NewApiKey, Permission } from "@alga-ext/protocol";
import { appendAudit } from "../audit/audit.ts";
import { RegistryError } from "../errors.ts";
import { toApiKey, type ApiKeyContext } from "./api-key-row.ts";
import { formatApiKey, hashApiKeySecret, newApiKeySecret } from "./api-key-token.ts";

/** Most keys of a tenant that work at one time. */
const MAX_ACTIVE = 100;
/** What no longer works stays in the list this long, so that an administrator can look back. */
const KEPT_MS = 90 * 86_400_000;

/** A key that somebody is entitled to. */
export interface IssuedKey {
  readonly tenantId: string;
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly publishers: readonly string[] | null;
  readonly createdBy: string;
  readonly lifetimeMs: number;
}

/**
 * Store a new key and hand out its text, this once. Who may have it is the caller's question.
 *
 * @throws {RegistryError} `too_many_api_keys`
 */
export async function issueApiKey({ db, clock }: ApiKeyContext, wanted: IssuedKey): Promise<NewApiKey> {
  const { tenantId } = wanted;
  const now = clock();
  const secret = newApiKeySecret();
  const row = {
    id: randomUUID(),
    tenant_id: tenantId,
    name: wanted.name,
    permissions: [...wanted.permissions],
    publishers: wanted.publishers === null ? null : [...wanted.publishers],
    created_by: wanted.createdBy,
    created_at: new Date(now),
    expires_at: new Date(now + wanted.lifetimeMs),
    last_used_at: null,
    revoked_at: null,
  };
  await db.withTenant(tenantId, async (tx) => {
    // One at a time: what is counted below stays so.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`extension_api_key:${tenantId}`}, 0))`.execute(
      tx,
    );
    await tx
      .deleteFrom("extension_api_key")
      .where("tenant_id", "=", tenantId)
      .where((where) => {
        const before = new Date(now - KEPT_MS);
        return where.or([where("expires_at", "<", before), where("revoked_at", "<", before)]);
      })
      .execute();
    const { active } = await tx
      .selectFrom("extension_api_key")
      .select((select) => select.fn.countAll<string>().as("active"))
      .where("tenant_id", "=", tenantId)
      .where("revoked_at", "is", null)
      .where("expires_at", ">", new Date(now))
      .executeTakeFirstOrThrow();
    if (Number(active) >= MAX_ACTIVE) {
      throw new RegistryError(
        "too_many_api_keys",
        `${MAX_ACTIVE} API keys work already. Revoke one that is not needed.`,
        { details: { limit: MAX_ACTIVE } },
      );
    }
    await appendAudit(tx, {
      tenantId,
      eventType: "api_key.created",
      actor: wanted.createdBy,
      resourceType: "api_key",
      resourceId: row.id,
      resourceName: wanted.name,
      details: {
        permissions: row.permissions,
        publishers: row.publishers,
        expiresAt: row.expires_at.toISOString(),
      },
      at: new Date(now),
    });
    await tx
      .insertInto("extension_api_key")
      .values({
        ...row,
        secret_hash: hashApiKeySecret(secret),
        permissions: JSON.stringify(row.permissions),
        publishers: row.publishers === null ? null : JSON.stringify(row.publishers),
      })
      .execute();
  });
  return { apiKey: toApiKey(row, now), token: formatApiKey({ id: row.id, secret }) };
}

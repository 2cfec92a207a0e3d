import type { ApiKey } from "@alga-ext/protocol";
import type { Selectable } from "kysely";
import type { RegistryDb } from "../db/registry-db.ts";
import type { ApiKeyTable } from "../db/tables/access.ts";

/** What every API key verb works with. */
export interface ApiKeyContext {
  readonly db: RegistryDb;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A row as people may see it. */
export function toApiKey(row: Omit<Selectable<ApiKeyTable>, "secret_hash">, nowMs: number): ApiKey {
  return {
    id: row.id,
    name: row.name,
    permissions: row.permissions,
    publishers: row.publishers,
    state: row.revoked_at !== null ? "revoked" : row.expires_at.getTime() <= nowMs ? "expired" : "active",
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}

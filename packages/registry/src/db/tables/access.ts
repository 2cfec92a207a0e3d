import type { Permission } from "@alga-ext/protocol";
import type { ColumnType } from "kysely";
import type { Json, MaybeTime, Time } from "./columns.ts";

/** An API key without its secret. */
export interface ApiKeyTable {
  id: string;
  tenant_id: string;
  name: string;
  /** SHA-256 of the secret, 64 hex digits. */
  secret_hash: string;
  permissions: Json<readonly Permission[]>;
  /** Lower-case; null for any. */
  publishers: ColumnType<readonly string[] | null, string | null, never>;
  created_by: string;
  created_at: Time;
  expires_at: Time;
  last_used_at: MaybeTime;
  revoked_at: MaybeTime;
}

/** A single-use token that was used; kept until it would have expired anyway. */
export interface UsedTokenTable {
  /** SHA-256 of issuer and token id. */
  digest: string;
  expires_at: Time;
}

import type { ColumnType } from "kysely";
import type { QuotaLimits } from "../../quotas/limits.ts";
import type { Bigint, Time } from "./columns.ts";

/** A `jsonb` column, which SQL merges: read parsed, written as JSON text. */
type Jsonb<T> = ColumnType<T, string, string>;

/** Limits of a plan or an extension, for every tenant. */
export interface QuotaScopeTable {
  /** `plan:<name>` or `extension:<registry id>`. */
  scope: string;
  limits: Jsonb<QuotaLimits>;
  updated_at: Time;
}

/** Limits of one tenant, for all its extensions or for one. */
export interface QuotaLimitTable {
  tenant_id: string;
  /** `tenant` or `extension:<registry id>`. */
  scope: string;
  /** Only in the row `tenant`. */
  plan: string | null;
  limits: Jsonb<QuotaLimits>;
  updated_at: Time;
}

/** What one tenant's extension has used of its running window, and which calls hold a place. */
export interface QuotaStateTable {
  tenant_id: string;
  registry_id: string;
  window_start: Time;
  invocations: Bigint;
  cpu_ms: Bigint;
  mem_mb_ms: Bigint;
  egress_bytes: Bigint;
  /** Lease id → when it lapses, in ms since the epoch. */
  running: Jsonb<Readonly<Record<string, number>>>;
}

/** What one tenant's extension has used in one hour. */
export interface QuotaUsageTable {
  tenant_id: string;
  registry_id: string;
  window_start: Time;
  cpu_ms: Bigint;
  mem_mb_ms: Bigint;
  invocations: Bigint;
  egress_bytes: Bigint;
}

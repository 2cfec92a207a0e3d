import type { Generated } from "kysely";
import type { Json, MaybeTime, Time } from "./columns.ts";

/** The `metrics` column of the execution log. */
export interface StoredMetrics {
  readonly method: string;
  readonly path: string;
  readonly userId: string | null;
  readonly httpStatus?: number | null;
  readonly durationMs?: number;
  readonly egressBytes?: number;
  readonly hostCalls?: number;
  readonly lines?: readonly { readonly ts: string; readonly level: string; readonly message: string }[];
}

/** One call. */
export interface ExecutionLogTable {
  id: Generated<string>;
  tenant_id: string;
  registry_id: string;
  version_id: string | null;
  request_id: string;
  started_at: Time;
  finished_at: MaybeTime;
  status: string;
  metrics: Json<StoredMetrics>;
  error: string | null;
}

import type { JsonValue } from "@alga-ext/protocol";
import type { Generated } from "kysely";
import type { Json, MaybeTime, Time } from "./columns.ts";

/** The `metrics` column of the execution log. */
export interface StoredMetrics {
  readonly method: string;
  readonly path: string;
  readonly userId: string | null;
  readonly endpointTemplate?: string;
  readonly principalKind?: string;
  readonly httpStatus?: number | null;
  readonly durationMs?: number;
  readonly egressBytes?: number;
  readonly hostCalls?: number;
  readonly cpuMs?: number;
  readonly memoryMbMs?: number;
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

/** Who did what, from where. */
export interface AuditLogTable {
  tenant: string;
  log_id: string;
  event_type: string;
  user_id: string | null;
  user_email: string | null;
  resource_type: string | null;
  resource_id: string | null;
  resource_name: string | null;
  status: string;
  error_message: string | null;
  details: Json<{ readonly [key: string]: JsonValue }>;
  ip_address: string | null;
  user_agent: string | null;
  created_at: Time;
}

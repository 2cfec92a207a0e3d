import type { StoredMetrics } from "../db/tables/log.ts";
import { toText } from "../internal/to-text.ts";
import type { QuotaLease } from "@alga-ext/protocol";
import { capLines } from "./cap-lines.ts";

const MAX_TEXT = 2048;
/** Of what an index holds: a row that does not fit into one would take its whole batch with it. */
const MAX_INDEXED = 255;

/** Row written before a call. */
export interface ExecutionStart {
  readonly tenantId: string;
  readonly registryId: string;
  readonly versionId: string | null;
  readonly requestId: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly userId: string | null;
  /** The declared pattern that matched. */
  readonly endpointTemplate?: string;
  /** `internal`, `client`, … */
  readonly principalKind?: string;
  /** RFC 3339. @default now */
  readonly startedAt?: string;
}

/** What became of a call. */
export interface ExecutionEnd {
  readonly tenantId: string;
  /** `ok`, `error`, `timeout`, `policy_denied` or `upstream_error`. */
  readonly status: string;
  readonly httpStatus: number | null;
  readonly durationMs: number;
  readonly error: string | null;
  /** What it used; counted into the tenant's usage, once. @default 0 */
  readonly egressBytes?: number;
  readonly hostCalls?: number;
  readonly cpuMs?: number;
  /** Megabytes held × milliseconds. */
  readonly memoryMbMs?: number;
  /** The place that `quotas.take` gave it; given back here. */
  readonly lease?: QuotaLease | null;
  /** Guest log lines; at most 200 lines and 64 KiB of text are kept. */
  readonly lines?: readonly { readonly ts: string; readonly level: string; readonly message: string }[];
  /** RFC 3339. @default now */
  readonly finishedAt?: string;
}

/** A call that began, as it will be stored. */
export interface StartRow {
  readonly id: string;
  readonly registryId: string;
  readonly versionId: string | null;
  readonly requestId: string;
  readonly startedAt: Date;
  readonly metrics: StoredMetrics;
}

/** A call that ended, as it will be stored. */
export interface EndRow {
  readonly id: string;
  readonly status: string;
  readonly error: string | null;
  readonly finishedAt: Date;
  readonly metrics: Omit<StoredMetrics, "method" | "path" | "userId">;
  readonly lease: QuotaLease | null;
}

/** One row that begins or ends a call. */
export type LogItem = { readonly start: StartRow } | { readonly end: EndRow };

/** Bring what a caller says of a begun call into the form of a row. */
export function toStartRow(id: string, row: ExecutionStart, now: number): StartRow {
  const { endpointTemplate, principalKind } = row;
  return {
    id,
    registryId: row.registryId.toLowerCase(),
    versionId: row.versionId,
    requestId: toText(row.requestId, MAX_INDEXED),
    startedAt: toTime(row.startedAt, now),
    metrics: {
      method: row.method,
      path: row.path.slice(0, MAX_TEXT),
      userId: row.userId,
      ...(endpointTemplate === undefined ? {} : { endpointTemplate: endpointTemplate.slice(0, MAX_TEXT) }),
      ...(principalKind === undefined ? {} : { principalKind }),
    },
  };
}

/** Bring what a caller says of an ended call into the form of a row. */
export function toEndRow(id: string, row: ExecutionEnd, now: number): EndRow {
  return {
    id,
    status: toText(row.status, MAX_INDEXED),
    error: row.error === null ? null : toText(row.error, MAX_TEXT),
    finishedAt: toTime(row.finishedAt, now),
    metrics: {
      httpStatus: row.httpStatus,
      durationMs: row.durationMs,
      egressBytes: toAmount(row.egressBytes),
      hostCalls: toAmount(row.hostCalls),
      cpuMs: toAmount(row.cpuMs),
      memoryMbMs: toAmount(row.memoryMbMs),
      lines: capLines(row.lines ?? []),
    },
    lease: row.lease ?? null,
  };
}

function toTime(text: string | undefined, now: number): Date {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return new Date(Number.isNaN(time) ? now : time);
}

/** What a runner reports is not trusted to be a count. */
function toAmount(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value)
    ? Math.min(Math.max(0, Math.ceil(value)), Number.MAX_SAFE_INTEGER)
    : 0;
}

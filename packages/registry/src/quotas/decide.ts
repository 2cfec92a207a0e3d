import type { QuotaAmounts, QuotaLease } from "@alga-ext/protocol";
import { toEffective, type CallLimit, type QuotaLimits } from "./limits.ts";

/** A call that a limit stands against. */
export interface QuotaRefusal {
  readonly allowed: false;
  /** A wire code: HTTP 429. */
  readonly code: "quota_exceeded";
  /** The limit, its value, and what is used of it. */
  readonly limit: CallLimit;
  readonly value: number;
  readonly used: number;
  /** When the window ends, RFC 3339; null for `concurrent`, which frees itself as calls end. */
  readonly resetsAt: string | null;
  /** Milliseconds after which another try makes sense. */
  readonly retryAfterMs: number;
}

/** Answer of `quotas.take`. */
export type QuotaDecision = { readonly allowed: true; readonly lease: QuotaLease } | QuotaRefusal;

/** Counters of a window as the database gives them. */
export interface Counters {
  readonly invocations: string | number;
  readonly cpu_ms: string | number;
  readonly mem_mb_ms: string | number;
  readonly egress_bytes: string | number;
  /** Calls that hold a place. */
  readonly places: string | number;
}

/** Milliseconds after which a place may have become free. */
const PLACE_RETRY_MS = 1000;

/** Which limit a refused call ran into; `used` includes the calls that were let through beside it. */
export function decide({
  limits,
  used,
  reserve,
  windowStart,
  now,
}: {
  readonly limits: QuotaLimits;
  readonly used: Counters;
  readonly reserve: QuotaAmounts;
  readonly windowStart: Date;
  readonly now: number;
}): QuotaRefusal {
  const { windowSeconds, ...values } = toEffective(limits);
  const needs: readonly (readonly [CallLimit, string | number, number])[] = [
    ["invocations", used.invocations, 1],
    ["concurrent", used.places, 1],
    ["cpuMs", used.cpu_ms, reserve.cpuMs ?? 0],
    ["memoryMbMs", used.mem_mb_ms, reserve.memoryMbMs ?? 0],
    ["egressBytes", used.egress_bytes, reserve.egressBytes ?? 0],
  ];
  const found = needs.find(([limit, amount, needed]) => {
    const value = values[limit];
    return value !== null && Number(amount) + Math.max(1, needed) > value;
  });
  // The statement refuses for no other reason; should it ever, a refusal that passes soon is the safe answer.
  const [limit, amount] = found ?? (["concurrent", used.places] as const);
  const resetsAt = windowStart.getTime() + windowSeconds * 1000;
  const isPlace = limit === "concurrent";
  return {
    allowed: false,
    code: "quota_exceeded",
    limit,
    value: values[limit] ?? 0,
    used: Number(amount),
    resetsAt: isPlace ? null : new Date(resetsAt).toISOString(),
    retryAfterMs: isPlace ? PLACE_RETRY_MS : Math.max(0, resetsAt - now),
  };
}

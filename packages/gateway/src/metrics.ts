import type { Meter } from "@opentelemetry/api";
import { GatewayError } from "./errors.ts";

/** How a call ended: `ok`, `extension_error` (the guest answered 400 or more), `client_disconnected`, or the error's code. */
export type CallOutcome = string;

/** Counts calls; every label has few values, and none names a tenant, an extension or a path. */
export interface CallMetrics {
  /** A call came in. */
  began(): void;
  /** A call is over. */
  ended(call: { readonly method: string; readonly outcome: CallOutcome; readonly durationMs: number }): void;
  /** A call is sent to a runner once more. */
  retried(): void;
  /** A request of a runner to a route of the host API is over. */
  hostCallEnded(call: { readonly route: string; readonly status: number; readonly durationMs: number }): void;
}

/** Seconds: answers of warm extensions take milliseconds, deadlines tens of seconds. */
const BOUNDARIES = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Create the gateway's instruments. */
export function createCallMetrics(meter: Meter): CallMetrics {
  const calls = meter.createCounter("extension.gateway.calls", {
    description: "Calls of extensions by outcome and class of method.",
    unit: "{call}",
  });
  const duration = meter.createHistogram("extension.gateway.duration", {
    description: "Time from a call's arrival to its answer.",
    unit: "s",
    advice: { explicitBucketBoundaries: BOUNDARIES },
  });
  const active = meter.createUpDownCounter("extension.gateway.active_calls", {
    description: "Calls of extensions in flight.",
    unit: "{call}",
  });
  const limited = meter.createCounter("extension.gateway.rate_limited", {
    description: "Calls refused for their pace or their quota.",
    unit: "{call}",
  });
  const retries = meter.createCounter("extension.gateway.retries", {
    description: "Calls sent to a runner once more.",
    unit: "{attempt}",
  });
  const hostCalls = meter.createHistogram("extension.host_api.duration", {
    description: "Time of requests of runners to the host API.",
    unit: "s",
    advice: { explicitBucketBoundaries: BOUNDARIES },
  });
  return {
    began: () => active.add(1),
    ended({ method, outcome, durationMs }) {
      const labels = { outcome, method: classOf(method) };
      active.add(-1);
      calls.add(1, labels);
      duration.record(durationMs / 1000, labels);
      if (outcome === "rate_limited" || outcome === "quota_exceeded") limited.add(1, { limit: outcome });
    },
    retried: () => retries.add(1),
    hostCallEnded({ route, status, durationMs }) {
      hostCalls.record(durationMs / 1000, { route, "http.response.status_code": status });
    },
  };
}

/** The outcome of a call that was answered with a status, or that failed. */
export function toOutcome(status: number, failure: { readonly error: unknown } | null): CallOutcome {
  if (failure === null) return status >= 400 ? "extension_error" : "ok";
  if (!(failure.error instanceof GatewayError)) return "access_policy_unavailable";
  const { code, details } = failure.error;
  return details["reason"] === "client_disconnected" ? "client_disconnected" : code;
}

function classOf(method: string): "read" | "write" | "other" {
  if (method === "GET" || method === "HEAD") return "read";
  return ["POST", "PUT", "PATCH", "DELETE"].includes(method) ? "write" : "other";
}

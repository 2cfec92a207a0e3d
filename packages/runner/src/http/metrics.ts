import { WIT_INTERFACES } from "@alga-ext/protocol/wit";
import { createMetricRegistry, type MetricRegistry } from "./metric-registry.ts";
import { addProcessMetrics } from "./process-metrics.ts";

/** How one call ended. */
export interface CallOutcome {
  /** `ok` for a guest's answer, else the error's code. */
  readonly code: string;
  readonly durationMs: number;
  readonly egressBytes: number;
  /** Name of the limit that ended it. */
  readonly limit?: string;
}

/** What the runner measures, as Prometheus text. Nothing in it tells tenants or installs apart. */
export interface Metrics {
  /** Where parts add metrics of their own. */
  readonly registry: MetricRegistry;
  call(outcome: CallOutcome): void;
  /** A limit cut something short, by its name in `RunnerLimits`. */
  limitHit(limit: string): void;
  /** One host call, as the cell named it: `alga:extension/http#fetch`. */
  capability(target: string): void;
  /** One look into a cache. */
  cache(
    name: "artifact_disk" | "artifact_memory" | "bundle" | "idempotency" | "ui_encoding",
    isHit: boolean,
  ): void;
  /** One answer of the UI server. */
  ui(status: number, bytes: number): void;
  render(): string;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const KNOWN: ReadonlySet<string> = new Set(WIT_INTERFACES);

/** Create the counters of one runner. */
export function createMetrics(): Metrics {
  const registry = createMetricRegistry();
  const counter = (name: string, help: string, labels: readonly string[] = []) =>
    registry.counter({ name: `alga_runner_${name}`, help, labels });
  const calls = counter("calls_total", "Calls by outcome code.", ["code"]);
  const durations = registry.histogram(
    { name: "alga_runner_call_duration_seconds", help: "Wall time of calls." },
    SECONDS,
  );
  const egress = counter("egress_bytes_total", "Bytes that extensions fetched.");
  const limits = counter("limits_hit_total", "Limits reached, by name.", ["limit"]);
  const capabilities = counter("capability_calls_total", "Host calls by capability.", ["capability"]);
  const caches = counter("cache_requests_total", "Looks into caches.", ["cache", "result"]);
  const answers = counter("ui_responses_total", "Answers of the UI server by status.", ["status"]);
  const uiBytes = counter("ui_response_bytes_total", "Bytes of UI files sent.");
  addProcessMetrics(registry);
  return {
    registry,
    call({ code, durationMs, egressBytes, limit }) {
      calls.add([code]);
      durations.observe(durationMs / 1000);
      if (egressBytes > 0) egress.add([], egressBytes);
      if (limit !== undefined) limits.add([limit]);
    },
    limitHit: (limit) => limits.add([limit]),
    capability(target) {
      // A cell may name anything; only the world's own interfaces become labels.
      const name = /^alga:extension\/([a-z0-9-]+)#/.exec(target)?.[1] ?? "";
      capabilities.add([KNOWN.has(name) ? name : "unknown"]);
    },
    cache: (name, isHit) => caches.add([name, isHit ? "hit" : "miss"]),
    ui(status, bytes) {
      answers.add([String(status)]);
      if (bytes > 0) uiBytes.add([], bytes);
    },
    render: () => registry.render(),
  };
}

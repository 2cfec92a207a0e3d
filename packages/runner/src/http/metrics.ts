/** Counters of one runner, as Prometheus text. */
export interface Metrics {
  /** One call ended with this code (`ok` for a guest's answer). */
  call(code: string, durationMs: number): void;
  /** Text exposition format 0.0.4. */
  render(gauges: {
    readonly cells: number;
    readonly inFlight: number;
    readonly wall: string;
    readonly trustExpired: boolean;
  }): string;
}

/** Create the counters. */
export function createMetrics(): Metrics {
  const calls = new Map<string, number>();
  let durationSum = 0;
  let durationCount = 0;
  return {
    call(code, durationMs) {
      calls.set(code, (calls.get(code) ?? 0) + 1);
      durationSum += durationMs / 1000;
      durationCount += 1;
    },
    render({ cells, inFlight, wall, trustExpired }) {
      const lines = [
        "# HELP alga_runner_calls_total Calls by outcome code.",
        "# TYPE alga_runner_calls_total counter",
        ...Array.from(calls, ([code, count]) => `alga_runner_calls_total{code="${code}"} ${count}`),
        "# HELP alga_runner_call_duration_seconds Wall time of calls.",
        "# TYPE alga_runner_call_duration_seconds summary",
        `alga_runner_call_duration_seconds_sum ${durationSum}`,
        `alga_runner_call_duration_seconds_count ${durationCount}`,
        "# HELP alga_runner_cells Cell processes.",
        "# TYPE alga_runner_cells gauge",
        `alga_runner_cells ${cells}`,
        "# HELP alga_runner_calls_in_flight Calls running or waiting.",
        "# TYPE alga_runner_calls_in_flight gauge",
        `alga_runner_calls_in_flight ${inFlight}`,
        "# HELP alga_runner_wall_info Isolation tier of cells.",
        "# TYPE alga_runner_wall_info gauge",
        `alga_runner_wall_info{tier="${wall}"} 1`,
        "# HELP alga_runner_trust_expired Whether the trust document has expired: nothing new is accepted anywhere.",
        "# TYPE alga_runner_trust_expired gauge",
        `alga_runner_trust_expired ${trustExpired ? 1 : 0}`,
      ];
      return `${lines.join("\n")}\n`;
    },
  };
}

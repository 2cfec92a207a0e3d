import { describe, expect, it } from "vitest";
import { createMetricRegistry } from "./metric-registry.ts";
import { createMetrics } from "./metrics.ts";

describe("createMetricRegistry", () => {
  it("renders counters, histograms and gauges", () => {
    const registry = createMetricRegistry();
    registry.counter({ name: "plain_total", help: "A." });
    registry.counter({ name: "pair_total", help: "B.", labels: ["a", "b"] }).add(['x"\n', "\\"], 2);
    const histogram = registry.histogram({ name: "seconds", help: "C." }, [0.1, 1]);
    for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value);
    registry.gauge({ name: "now", help: "D.", labels: ["tier"] }, () => new Map([["bwrap", 1]]));
    expect(registry.render().split("\n")).toEqual([
      "# HELP plain_total A.",
      "# TYPE plain_total counter",
      "plain_total 0",
      "# HELP pair_total B.",
      "# TYPE pair_total counter",
      'pair_total{a="x\\"\\n",b="\\\\"} 2',
      "# HELP seconds C.",
      "# TYPE seconds histogram",
      'seconds_bucket{le="0.1"} 2',
      'seconds_bucket{le="1"} 3',
      'seconds_bucket{le="+Inf"} 4',
      "seconds_sum 7.65",
      "seconds_count 4",
      "# HELP now D.",
      "# TYPE now gauge",
      'now{tier="bwrap"} 1',
      "",
    ]);
  });

  it("bounds the series of one metric", () => {
    const registry = createMetricRegistry();
    const counter = registry.counter({ name: "many_total", help: "M.", labels: ["code"] });
    for (let index = 0; index < 1_000; index += 1) counter.add([`code_${String(index)}`]);
    const lines = registry.render().split("\n");
    expect(lines.length).toBeLessThan(110);
    expect(lines).toContain('many_total{code="other"} 900');
  });

  it("refuses a name twice, or one that is none", () => {
    const registry = createMetricRegistry();
    registry.counter({ name: "once_total", help: "" });
    expect(() => registry.counter({ name: "once_total", help: "" })).toThrow(TypeError);
    expect(() => registry.gauge({ name: "a b", help: "" }, () => 1)).toThrow(TypeError);
  });
});

describe("createMetrics", () => {
  it("labels host calls by interface, and never by what a cell makes up", () => {
    const metrics = createMetrics();
    for (const target of [
      "alga:extension/http#fetch",
      "alga:extension/http#x",
      "alga:extension/evil#x",
      "{}",
    ])
      metrics.capability(target);
    const lines = metrics.render().split("\n");
    expect(lines).toContain('alga_runner_capability_calls_total{capability="http"} 2');
    expect(lines).toContain('alga_runner_capability_calls_total{capability="unknown"} 2');
  });
});

import { closeSync, openSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createMetricRegistry } from "./metric-registry.ts";
import { addProcessMetrics } from "./process-metrics.ts";

/** Values by series. */
function scrape(): { readonly text: string; readonly values: ReadonlyMap<string, number> } {
  const registry = createMetricRegistry();
  addProcessMetrics(registry);
  const text = registry.render();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return {
    text,
    values: new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]),
    ),
  };
}

describe("addProcessMetrics", () => {
  it("says what this process takes", () => {
    const { text, values } = scrape();
    expect(text).toContain("# TYPE process_cpu_seconds_total counter");
    expect(text).toContain("# TYPE process_open_fds gauge");
    expect(values.get("process_resident_memory_bytes")).toBeGreaterThan(2 ** 20);
    expect(values.get("process_cpu_seconds_total")).toBeGreaterThan(0);
    expect(values.get("process_start_time_seconds")).toBeLessThan(Date.now() / 1000);
    const [total, used] = ["total", "used"].map(
      (what) => values.get(`nodejs_heap_space_size_${what}_bytes{space="old"}`) ?? Number.NaN,
    ) as [number, number];
    expect(used).toBeGreaterThan(2 ** 20);
    expect(total).toBeGreaterThanOrEqual(used);
    expect(values.get('nodejs_heap_space_size_total_bytes{space="new"}')).toBeGreaterThan(0);
    expect(values.get("nodejs_external_memory_bytes")).toBeGreaterThan(0);
  });

  it("counts descriptors", () => {
    const count = () => scrape().values.get("process_open_fds") ?? Number.NaN;
    const before = count();
    const opened = Array.from({ length: 5 }, () => openSync("/dev/null", "r"));
    expect(count() - before).toBe(5);
    for (const descriptor of opened) closeSync(descriptor);
    expect(count()).toBe(before);
  });
});

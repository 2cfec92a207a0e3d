import { readdirSync } from "node:fs";
import { getHeapSpaceStatistics } from "node:v8";
import type { MetricRegistry } from "./metric-registry.ts";

/** When this process began, in seconds since 1970: a restart shows in it. */
const STARTED_AT = performance.timeOrigin / 1000;

/** What the supervisor says of its own process, under the names that Prometheus clients of node use. */
export function addProcessMetrics(registry: MetricRegistry): void {
  registry.gauge({ name: "process_resident_memory_bytes", help: "Memory of the supervisor." }, () =>
    process.memoryUsage.rss(),
  );
  registry.gauge({ name: "process_cpu_seconds_total", help: "Processor time of the supervisor." }, () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  registry.gauge({ name: "process_start_time_seconds", help: "Start of the supervisor." }, () => STARTED_AT);
  registry.gauge({ name: "process_open_fds", help: "Open descriptors of the supervisor." }, openDescriptors);
  registry.gauge(
    {
      name: "nodejs_heap_space_size_total_bytes",
      help: "Memory of each space of the supervisor's heap, used or not.",
      labels: ["space"],
    },
    () => heapSpaces("space_size"),
  );
  registry.gauge(
    {
      name: "nodejs_heap_space_size_used_bytes",
      help: "Used memory of each space of the supervisor's heap.",
      labels: ["space"],
    },
    () => heapSpaces("space_used_size"),
  );
  registry.gauge(
    {
      name: "nodejs_external_memory_bytes",
      help: "Buffers and what else is outside of the supervisor's heap.",
    },
    () => process.memoryUsage().external,
  );
}

/** But for the one that counting takes; NaN where the system does not tell, or has none left to count with. */
function openDescriptors(): number {
  try {
    return readdirSync("/proc/self/fd").length - 1;
  } catch {
    return Number.NaN;
  }
}

function heapSpaces(size: "space_size" | "space_used_size"): ReadonlyMap<string, number> {
  return new Map(
    getHeapSpaceStatistics().map((space) => [space.space_name.replace(/_space$/, ""), space[size]]),
  );
}

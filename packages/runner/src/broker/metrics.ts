import { ok, text, type CapabilityFunction, type CapabilityInterface } from "./capability.ts";

/** Names of one call: enough for what a handler can say about itself, too few to be a store of data. */
const MAX_NAMES = 32;
const NAME = /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/;
const MAX_NAME_CHARS = 64;

/** `alga:extension/metrics`: numbers for the execution log. They never become labels of the runner's own metrics. */
export const metricsInterface: CapabilityInterface = {
  grant: "cap:metrics.emit",
  denied: () => ok(),
  functions: {
    add: measured(({ metrics }, name, value) => {
      const known = metrics.get(name);
      const sum = known?.kind === "counter" ? known.sum : 0;
      if (known === undefined || known.kind === "counter")
        metrics.set(name, { name, kind: "counter", sum: sum + value });
    }),
    observe: measured(({ metrics }, name, value) => {
      const known = metrics.get(name);
      if (known === undefined) {
        metrics.set(name, { name, kind: "distribution", count: 1, sum: value, min: value, max: value });
      } else if (known.kind === "distribution") {
        metrics.set(name, {
          ...known,
          count: known.count + 1,
          sum: known.sum + value,
          min: Math.min(known.min, value),
          max: Math.max(known.max, value),
        });
      }
    }),
  },
};

type Usage = Parameters<CapabilityFunction>[0]["usage"];

function measured(record: (usage: Usage, name: string, value: number) => void): CapabilityFunction {
  return ({ usage }, [given, value]) => {
    const name = text(given);
    const isNamed = name.length <= MAX_NAME_CHARS && NAME.test(name);
    const hasRoom = usage.metrics.has(name) || usage.metrics.size < MAX_NAMES;
    if (isNamed && hasRoom && typeof value === "number" && Number.isFinite(value)) record(usage, name, value);
    return ok();
  };
}

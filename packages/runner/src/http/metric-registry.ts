/** What a metric is called and what it counts. */
export interface MetricDefinition {
  /** Prometheus name, such as `alga_runner_calls_total`. */
  readonly name: string;
  readonly help: string;
  /** Names of its labels; never a tenant, an install or anything else that callers choose. @default none */
  readonly labels?: readonly string[];
}

/** A sum that only grows. */
export interface Counter {
  /** Add `by` (default 1) for these label values, one per label. */
  add(values?: readonly string[], by?: number): void;
}

/** A distribution over fixed buckets. */
export interface Histogram {
  observe(value: number): void;
}

/** Every metric of one runner; who measures something makes its metric here. */
export interface MetricRegistry {
  /** @throws {TypeError} when the name is taken or no metric name; so do the others */
  counter(definition: MetricDefinition): Counter;
  /** `buckets` are upper bounds, ascending; `+Inf` is added. */
  histogram(definition: MetricDefinition, buckets: readonly number[]): Histogram;
  /**
   * Read at every scrape: a number, or one per value of the metric's only label. A name that ends in `_total` is declared
   * a counter, which somebody else counts.
   */
  gauge(definition: MetricDefinition, read: () => number | ReadonlyMap<string, number>): void;
  /** Text exposition format 0.0.4. */
  render(): string;
}

/** Series of one metric; what comes after them is counted together as `other`. */
const MAX_SERIES = 100;
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/;

/** Create an empty registry. */
export function createMetricRegistry(): MetricRegistry {
  const rendered = new Map<string, () => string[]>();

  const define = (kind: string, definition: MetricDefinition, series: () => string[]): void => {
    const { name, help, labels = [] } = definition;
    if (![name, ...labels].every((text) => NAME.test(text)) || rendered.has(name))
      throw new TypeError(`The metric ${JSON.stringify(name)} is defined twice or has a malformed name.`);
    const head = [`# HELP ${name} ${help.replaceAll(/[\\\n]/g, " ")}`, `# TYPE ${name} ${kind}`];
    rendered.set(name, () => [...head, ...series()]);
  };

  return {
    counter(definition) {
      const { name, labels = [] } = definition;
      const sums = new Map<string, number>();
      define("counter", definition, () =>
        Array.from(sums, ([series, sum]) => `${name}${series} ${String(sum)}`),
      );
      if (labels.length === 0) sums.set("", 0);
      /** Series by the values they are made of: the same few come with every call. */
      const seen = new Map<string, string>();
      const seriesOf = (values: readonly string[]): string => {
        const key = values.length === 1 ? (values[0] ?? "") : values.join("\0");
        const known = seen.get(key);
        if (known !== undefined) return known;
        const made = toSeries(labels, values);
        if (seen.size < MAX_SERIES) seen.set(key, made);
        return made;
      };
      return {
        add(values = [], by = 1) {
          const wanted = seriesOf(values);
          const known = sums.has(wanted) || sums.size < MAX_SERIES;
          const series = known ? wanted : toSeries(labels, ["other"]);
          sums.set(series, (sums.get(series) ?? 0) + by);
        },
      };
    },
    histogram(definition, buckets) {
      const { name } = definition;
      const counts = buckets.map(() => 0);
      let sum = 0;
      let total = 0;
      define("histogram", definition, () => [
        ...buckets.map((bound, at) => `${name}_bucket{le="${String(bound)}"} ${String(counts[at])}`),
        `${name}_bucket{le="+Inf"} ${String(total)}`,
        `${name}_sum ${String(sum)}`,
        `${name}_count ${String(total)}`,
      ]);
      return {
        observe(value) {
          sum += value;
          total += 1;
          // Buckets are cumulative.
          for (let at = buckets.length - 1; at >= 0 && value <= (buckets[at] ?? 0); at -= 1)
            counts[at] = (counts[at] ?? 0) + 1;
        },
      };
    },
    gauge(definition, read) {
      const { name, labels = [] } = definition;
      define(name.endsWith("_total") ? "counter" : "gauge", definition, () => {
        const value = read();
        if (typeof value === "number") return [`${name} ${String(value)}`];
        return Array.from(value)
          .slice(0, MAX_SERIES)
          .map(([label, one]) => `${name}${toSeries(labels, [label])} ${String(one)}`);
      });
    },
    render() {
      return `${[...rendered.values()].flatMap((lines) => lines()).join("\n")}\n`;
    },
  };
}

/** `{label="value",…}`; a label without a value of its own repeats the last one. */
function toSeries(labels: readonly string[], values: readonly string[]): string {
  if (labels.length === 0) return "";
  const pairs = labels.map((label, at) => `${label}="${escape(values[at] ?? values.at(-1) ?? "")}"`);
  return `{${pairs.join(",")}}`;
}

function escape(value: string): string {
  return value.slice(0, 200).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

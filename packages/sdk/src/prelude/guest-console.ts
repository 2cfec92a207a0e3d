/** Where console lines go. */
export interface LogSink {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** The `console` of the guest. */
export type GuestConsole = Pick<
  Console,
  "assert" | "debug" | "dir" | "error" | "info" | "log" | "trace" | "warn"
>;

/** A `console` whose lines become log lines of the call. */
export function createConsole(sink: LogSink): GuestConsole {
  const write =
    (level: keyof LogSink) =>
    (...values: unknown[]): void =>
      sink[level](values.map(toText).join(" ").toWellFormed());
  return {
    log: write("info"),
    info: write("info"),
    debug: write("info"),
    dir: (value: unknown) => write("info")(value),
    trace: (...values: unknown[]) => write("info")(...values, new Error("Trace").stack),
    warn: write("warn"),
    error: write("error"),
    assert: (condition?: boolean, ...values: unknown[]) => {
      if (condition !== true) write("error")("Assertion failed:", ...values);
    },
  };
}

function toText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${String(value)}\n${value.stack ?? ""}`.trimEnd();
  try {
    if (typeof value === "object") return JSON.stringify(value);
  } catch {
    // a cycle, or a bigint inside
  }
  return toString(value);
}

function toString(value: unknown): string {
  return String(value);
}

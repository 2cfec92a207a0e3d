import type { RunnerLogger } from "../ports.ts";

/** One JSON line per entry; `JSON.stringify` escapes what could forge a line. */
export function createJsonLogger(write: (line: string) => void): RunnerLogger {
  const at =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}): void =>
      write(`${JSON.stringify({ ts: new Date().toISOString(), level, message, ...fields })}\n`);
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

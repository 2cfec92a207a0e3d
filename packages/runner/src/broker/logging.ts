import type { ExecuteLogLine } from "@alga-ext/protocol";
import type { HostAnswer } from "../cells/cell.ts";
import type { RunnerLimits } from "../options.ts";
import type { CallLimits } from "./call-limits.ts";
import type { SecretBox } from "./call-session.ts";
import type { CallUsage } from "./call-usage.ts";
import { createSecretRedactor, type SecretRedactor } from "./redact-secrets.ts";
import { ok, text, type CapabilityFunction, type CapabilityInterface } from "./capability.ts";

// C0 and C1 controls but tab, line and paragraph separators, bidirectional overrides: they forge log lines.
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** `alga:extension/logging`: lines go into the call's answer, capped, escaped, without secrets. */
export function createLoggingInterface(
  { logLineBytes }: Pick<RunnerLimits, "logLineBytes">,
  now: () => number,
): CapabilityInterface {
  const line =
    (level: ExecuteLogLine["level"]): CapabilityFunction =>
    ({ usage, secrets, limits }, [message]) => {
      const full = isFull(usage, limits);
      if (full !== null) return drop(usage, full, limits);
      // Cut before anything looks at it: a guest may hand over megabytes for a line of kilobytes.
      const said = text(message);
      const safe = redactorOf(secrets)(said, logLineBytes).replace(
        UNSAFE,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      const clean = cut(safe, logLineBytes);
      const isCut = said.length > logLineBytes || clean.length < safe.length;
      const bytes = Buffer.byteLength(clean);
      if (usage.logBytes + bytes > limits.log_bytes) {
        // Nothing shorter that comes later slips in behind it.
        usage.logBytes = limits.log_bytes;
        return drop(usage, "log_bytes", limits);
      }
      usage.logBytes += bytes;
      const ts = new Date(now()).toISOString();
      usage.logLines.push({ ts, level, message: clean, ...(isCut ? { truncated: true } : {}) });
      return ok();
    };
  return {
    grant: "cap:log.emit",
    denied: () => ok(),
    functions: { logInfo: line("info"), logWarn: line("warn"), logError: line("error") },
  };
}

type LogLimit = "log_lines" | "log_bytes";

function isFull({ logLines, logBytes }: CallUsage, limits: CallLimits): LogLimit | null {
  if (logLines.length >= limits.log_lines) return "log_lines";
  return logBytes >= limits.log_bytes ? "log_bytes" : null;
}

function drop(usage: CallUsage, limit: LogLimit, limits: CallLimits): HostAnswer {
  usage.droppedLines += 1;
  usage.exceeded.set(limit, limits[limit]);
  return ok();
}

const redactors = new WeakMap<SecretBox, SecretRedactor>();

/** One redactor for all lines of a call. */
function redactorOf(secrets: SecretBox): SecretRedactor {
  const known = redactors.get(secrets);
  if (known !== undefined) return known;
  const made = createSecretRedactor(secrets.values.values());
  redactors.set(secrets, made);
  return made;
}

/** Cut at a character, never inside one. */
function cut(message: string, maxBytes: number): string {
  const bytes = encoder.encode(message);
  if (bytes.length <= maxBytes) return message;
  return decoder.decode(bytes.subarray(0, maxBytes), { stream: true }).replace(/\ufffd$/, "");
}

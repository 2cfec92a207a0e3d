import { checkCron, isTimezone, MANIFEST_PROBLEMS } from "@alga-ext/manifest";
import type { JsonValue } from "@alga-ext/protocol";
import { SCHEDULE_LIMITS as LIMITS } from "./limits.ts";
import { nextRun } from "./next-run.ts";

/** What is wrong, by field. */
export type FieldErrors = Readonly<Record<string, string>>;

/** The fields of a schedule that were given; what is absent was not given, which is not the same as null. */
export interface ScheduleFields {
  readonly endpoint?: string;
  readonly endpointId?: string;
  readonly cron?: string;
  readonly timezone?: string;
  readonly enabled?: boolean;
  readonly name?: string | null;
  readonly payload?: JsonValue | null;
}

/** What a request said, before anybody looked at it. */
export type RawScheduleFields = { readonly [field in keyof ScheduleFields]?: unknown };

/** Check the fields of a schedule one by one, so that an author sees everything that is wrong at once. */
export function parseScheduleFields(
  raw: RawScheduleFields,
  around: { readonly now: Date; readonly timezone: string },
): { readonly fields: ScheduleFields; readonly errors: FieldErrors } {
  const errors: Record<string, string> = {};
  const fields: { -readonly [field in keyof ScheduleFields]: ScheduleFields[field] } = {};
  const read = <T>(
    field: keyof ScheduleFields,
    check: (value: unknown) => { readonly value: T } | string,
  ): T | undefined => {
    if (raw[field] === undefined) return undefined;
    const checked = check(raw[field]);
    if (typeof checked === "object") return checked.value;
    errors[field] = checked;
    return undefined;
  };
  const endpoint = read("endpoint", (value) => toText(value, LIMITS.endpointLength));
  const endpointId = read("endpointId", (value) => toText(value, LIMITS.endpointLength));
  const timezone = read("timezone", toTimezone);
  const cron = read("cron", (value) => toCron(value, { ...around, timezone: timezone ?? around.timezone }));
  const enabled = read("enabled", (value) =>
    typeof value === "boolean" ? { value } : "must be true or false",
  );
  const name = read("name", toName);
  const payload = read("payload", toPayload);
  if (endpoint !== undefined) fields.endpoint = endpoint;
  if (endpointId !== undefined) fields.endpointId = endpointId;
  if (timezone !== undefined) fields.timezone = timezone;
  if (cron !== undefined) fields.cron = cron;
  if (enabled !== undefined) fields.enabled = enabled;
  if (name !== undefined) fields.name = name;
  if (payload !== undefined) fields.payload = payload;
  return { fields, errors };
}

function toText(value: unknown, maxLength: number): { readonly value: string } | string {
  if (typeof value !== "string" || value.trim() === "") return "must be text";
  if (value.length > maxLength) return `must have at most ${maxLength} characters`;
  // What Postgres cannot store is refused, not changed.
  if (value.includes("\0") || !value.isWellFormed()) return "must be well-formed text without NUL";
  return { value: value.trim() };
}

function toTimezone(value: unknown): { readonly value: string } | string {
  const text = toText(value, LIMITS.timezoneLength);
  if (typeof text === "string") return text;
  return isTimezone(text.value) ? text : "must be the name of a time zone, such as Europe/Berlin";
}

function toCron(
  value: unknown,
  { now, timezone }: { readonly now: Date; readonly timezone: string },
): { readonly value: string } | string {
  const text = toText(value, LIMITS.cronLength);
  if (typeof text === "string") return text;
  const cron = text.value.replaceAll(/ +/g, " ");
  const wrong = checkCron(cron);
  if (wrong !== null) return MANIFEST_PROBLEMS[wrong].replace("{value}", () => JSON.stringify(cron));
  // 30 February and the like.
  return nextRun({ cron, timezone }, now) === null ? "never comes round" : { value: cron };
}

function toName(value: unknown): { readonly value: string | null } | string {
  return value === null ? { value } : toText(value, LIMITS.nameLength);
}

function toPayload(value: unknown): { readonly value: JsonValue | null } | string {
  // Guests send JSON text, and the empty string where they mean nothing.
  if (value === null || value === "") return { value: null };
  if (typeof value !== "object") return "must be an object or an array";
  const json = toJson(value);
  if (json === null) return "must be JSON that is not nested too deeply";
  if (json.length > LIMITS.payloadLength)
    return `must have at most ${LIMITS.payloadLength} characters as JSON`;
  return { value: value as JsonValue };
}

function toJson(value: object): string | null {
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
}

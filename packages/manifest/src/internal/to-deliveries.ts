import type { JsonValue } from "@alga-ext/protocol";
import type { ManifestEndpoint, ManifestEvent, ManifestSchedule } from "../manifest.ts";
import type { ScheduleSource, SubscriptionSource } from "../types.generated.ts";
import { checkCron } from "./check-cron.ts";
import { checkKeys } from "./check-keys.ts";
import { describe } from "./describe.ts";
import type { Findings } from "./findings.ts";
import { isTimezone } from "./is-timezone.ts";
import { toReference } from "./to-reference.ts";

/** Longest payload of a schedule as JSON, in UTF-16 code units. */
const MAX_PAYLOAD_LENGTH = 100_000;

interface Around {
  /** Null when some were refused. */
  readonly endpoints: readonly ManifestEndpoint[] | null;
  readonly findings: Findings;
}

/** Topics the extension hears of, each topic and endpoint once. */
export function toEvents(sources: readonly SubscriptionSource[], around: Around): ManifestEvent[] {
  const { findings } = around;
  const seen = new Map<string, ManifestEvent>();
  sources.forEach((source, index) => {
    const path = ["events", index];
    checkKeys(source, { scope: "event", path }, findings);
    const endpoint =
      source.endpoint === undefined
        ? null
        : toReference(source.endpoint, {
            ...around,
            path: [...path, "endpoint"],
            methods: ["POST"],
            isSchedule: false,
          });
    if (endpoint === null) {
      findings.warn("no_effect", path, `This event is delivered nowhere. Add "endpoint": "POST /…".`);
    }
    const key = `${source.topic} ${endpoint?.path ?? ""}`;
    if (seen.has(key)) {
      findings.warn("duplicate", path, `${describe(source.topic)} is declared already. Remove one of them.`);
    } else seen.set(key, { topic: source.topic, endpoint });
  });
  return [...seen.values()];
}

/** Calls the host makes by itself. */
export function toSchedules(sources: readonly ScheduleSource[], around: Around): ManifestSchedule[] {
  const { findings } = around;
  const names = new Set<string>();
  const schedules: ManifestSchedule[] = [];
  sources.forEach((source, index) => {
    const path = ["schedules", index];
    checkKeys(source, { scope: "schedule", path }, findings);
    const name = source.name.trim();
    if (names.has(name)) findings.refuse("duplicate_schedule", [...path, "name"], { value: describe(name) });
    names.add(name);
    const cron = source.cron.trim().replaceAll(/ +/g, " ");
    const wrong = checkCron(cron);
    if (wrong !== null) findings.refuse(wrong, [...path, "cron"], { value: describe(source.cron) });
    const { timezone = "UTC", enabled = true } = source;
    if (!isTimezone(timezone)) {
      findings.refuse("bad_timezone", [...path, "timezone"], { value: describe(timezone) });
    }
    const payload = (source.payload ?? null) as JsonValue;
    if (JSON.stringify(payload).length > MAX_PAYLOAD_LENGTH) {
      findings.refuse("payload_too_long", [...path, "payload"], { limit: "100,000" });
    }
    const endpoint = toReference(source.endpoint, {
      ...around,
      path: [...path, "endpoint"],
      methods: ["GET", "POST"],
      isSchedule: true,
    });
    schedules.push({ name, cron, timezone, endpoint, payload, enabled });
  });
  return schedules;
}

import type { AdminSchedule } from "@alga-ext/registry";
import { ApiError } from "../../api/request.ts";
import type { ScheduleForm } from "../../api/schedules.ts";

/** Times that people mean most, to begin with. */
export const CRON_EXAMPLES = [
  { cron: "0 2 * * *", label: "Every night at 2" },
  { cron: "0 * * * *", label: "Every hour" },
  { cron: "0 8 * * 1", label: "Mondays at 8" },
  { cron: "0 6 1 * *", label: "First of the month" },
] as const;

/** Names of time zones to choose from, with the one that is set already. */
export function timezones(current: string): readonly string[] {
  return [...new Set(["UTC", current, ...Intl.supportedValuesOf("timeZone")])];
}

/** What the form begins with; what a new schedule calls has to be chosen. */
export function toForm(schedule: AdminSchedule | null): ScheduleForm {
  if (schedule === null) {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const { cron } = CRON_EXAMPLES[0];
    return { endpointId: "", cron, timezone: timeZone, name: "", payloadJson: "", enabled: true };
  }
  const { endpointId, cron, timezone, name, payload, enabled } = schedule;
  const payloadJson = payload === null ? "" : JSON.stringify(payload, null, 2);
  return { endpointId, cron, timezone, name, payloadJson, enabled };
}

/** What is wrong by field; null when it failed otherwise or not at all. */
export function fieldErrorsOf(failure: unknown): Readonly<Record<string, string>> | null {
  if (!(failure instanceof ApiError)) return null;
  const { fieldErrors } = failure.details;
  return typeof fieldErrors === "object" ? (fieldErrors as Readonly<Record<string, string>>) : null;
}

/** A fragment as a sentence. */
export function toSentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

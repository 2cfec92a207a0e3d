import { ApiError } from "@alga-ext/sdk/ui";
import { STATUS_LOOK, type Agreement, type AgreementInput } from "./agreement.ts";
import { formatDate, formatMoney } from "./format.ts";

/** What somebody else saved while this form was open, or null when that is not what went wrong. */
export function toConflict(error: unknown): Agreement | null {
  if (!(error instanceof ApiError) || typeof error.body !== "object" || error.body === null) return null;
  const { error: code, current } = error.body as { readonly error?: unknown; readonly current?: unknown };
  return code === "conflict" && typeof current === "object" && current !== null
    ? (current as Agreement)
    : null;
}

/** What differs between what was opened and what somebody else made of it, as names and their new values. */
export function theirChanges(
  opened: AgreementInput,
  theirs: AgreementInput,
): readonly { readonly name: string; readonly value: string }[] {
  const changes: { name: string; value: string }[] = [];
  const note = (name: string, fields: readonly (keyof AgreementInput)[], value: string): void => {
    if (fields.some((field) => opened[field] !== theirs[field])) changes.push({ name, value });
  };
  note("Title", ["title"], theirs.title);
  note("Status", ["status"], STATUS_LOOK[theirs.status].label);
  note("Customer", ["customer"], theirs.customer);
  note("Value", ["value", "currency"], formatMoney(theirs.value, theirs.currency));
  note("First day", ["startDate"], formatDate(theirs.startDate));
  note("Last day", ["endDate"], formatDate(theirs.endDate));
  note("Notes", ["notes"], theirs.notes === "" ? "none" : theirs.notes);
  return changes;
}

/** Where agreements are stored. */
export const NAMESPACE = "agreements";

/** Where an agreement is in its life. */
export const STATUSES = ["draft", "active", "ended"] as const;
/** One of {@link STATUSES}. */
export type AgreementStatus = (typeof STATUSES)[number];

/** What a person enters. */
export interface AgreementInput {
  readonly title: string;
  readonly customer: string;
  readonly status: AgreementStatus;
  /** Amount in `currency`, zero or more. */
  readonly value: number;
  /** ISO 4217. */
  readonly currency: string;
  /** `YYYY-MM-DD`. */
  readonly startDate: string;
  /** `YYYY-MM-DD`, not before `startDate`. */
  readonly endDate: string;
  readonly notes: string;
}

/** A stored agreement. */
export interface Agreement extends AgreementInput {
  readonly id: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339. */
  readonly updatedAt: string;
}

/** A message per wrong field. */
export type FieldErrors = Readonly<Record<string, string>>;

const MAX_TITLE = 200;
const MAX_NOTES = 5000;

/** Check what a caller sent; unknown fields are ignored, absent ones take their defaults. */
export function parseAgreementInput(body: unknown): { input: AgreementInput } | { fields: FieldErrors } {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { fields: { "": "Send a JSON object." } };
  }
  const fields: Record<string, string> = {};
  const source = body as Readonly<Record<string, unknown>>;
  const text = (name: string, max: number, required: boolean): string => {
    const value = source[name] ?? "";
    if (typeof value !== "string") fields[name] = "Must be text.";
    else if (required && value.trim() === "") fields[name] = "Required.";
    else if (value.length > max) fields[name] = `At most ${max} characters.`;
    else return value.trim();
    return "";
  };
  const date = (name: string): string => {
    const value = source[name] ?? "";
    if (value === "") fields[name] = "Required.";
    else if (typeof value === "string" && isDate(value)) return value;
    else fields[name] = "Must be a date such as 2026-01-31.";
    return "";
  };
  const input: AgreementInput = {
    title: text("title", MAX_TITLE, true),
    customer: text("customer", MAX_TITLE, true),
    status: (source["status"] ?? "draft") as AgreementStatus,
    value: (source["value"] ?? 0) as number,
    currency: (source["currency"] ?? "USD") as string,
    startDate: date("startDate"),
    endDate: date("endDate"),
    notes: text("notes", MAX_NOTES, false),
  };
  if (!STATUSES.includes(input.status)) fields["status"] = `Must be one of ${STATUSES.join(", ")}.`;
  if (typeof input.value !== "number" || !Number.isFinite(input.value) || input.value < 0) {
    fields["value"] = "Must be a number, zero or more.";
  }
  if (typeof input.currency !== "string" || !/^[A-Z]{3}$/.test(input.currency)) {
    fields["currency"] = "Must be a currency code such as USD.";
  }
  if (fields["endDate"] === undefined && input.endDate < input.startDate) {
    fields["endDate"] = "Must not be before the start date.";
  }
  return Object.keys(fields).length > 0 ? { fields } : { input };
}

/** The version a caller edited, when it says so: `updatedAt` as it read it. Null when it is no text. */
export function parseIfUpdatedAt(body: unknown): { readonly ifUpdatedAt?: string } | null {
  const { ifUpdatedAt } = body as Readonly<Record<string, unknown>>;
  if (ifUpdatedAt === undefined) return {};
  return typeof ifUpdatedAt === "string" ? { ifUpdatedAt } : null;
}

/** Now, but after an earlier moment in any case: two versions never carry the same time. */
export function later(than: string): string {
  return new Date(Math.max(Date.now(), Date.parse(than) + 1)).toISOString();
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

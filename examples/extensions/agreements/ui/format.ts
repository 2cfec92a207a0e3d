import type { Agreement } from "./agreement.ts";

const DAY_MS = 86_400_000;

/** `€48,000.00` in the reader's own notation; falls back to plain text for a currency nobody knows. */
export function formatMoney(value: number, currency: string): string {
  try {
    return new Intl.NumberFormat(undefined, {
      style: "currency",
      currency,
      trailingZeroDisplay: "stripIfInteger",
    }).format(value);
  } catch {
    return `${value} ${currency}`.trim();
  }
}

/** A day such as `2026-12-31`, or a moment, in the reader's own notation. */
export function formatDate(value: string, timeStyle?: "short"): string {
  const date = new Date(value);
  if (value === "" || Number.isNaN(date.getTime())) return "Not set";
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value);
  return new Intl.DateTimeFormat(undefined, {
    dateStyle: "medium",
    ...(timeStyle === undefined ? {} : { timeStyle }),
    ...(isDay ? { timeZone: "UTC" } : {}),
  }).format(date);
}

/** Whole days from today to a day; negative when it has passed. */
export function daysUntil(day: string, now: number): number {
  return Math.ceil((new Date(day).getTime() - now) / DAY_MS);
}

/** Whether an active agreement runs out within 60 days. */
export function endsSoon(agreement: Agreement, now: number): boolean {
  const days = daysUntil(agreement.endDate, now);
  return agreement.status === "active" && days >= 0 && days <= 60;
}

/** `in 12 days`, `tomorrow`, `3 days ago`. */
export function formatDays(days: number): string {
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(days, "day");
}

const TIME = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const DAY = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });
const MINUTE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const WHOLE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

const dateOf = (iso: string, format: Intl.DateTimeFormat): string => {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : format.format(date);
};

/** Such as `Nov 3, 09:41:07`. */
export const formatTime = (iso: string): string => dateOf(iso, TIME);
/** Such as `Nov 3, 2026`. */
export const formatDay = (iso: string): string => dateOf(iso, DAY);
/** Such as `Nov 3, 2026, 9:41 AM`. */
export const formatMoment = (iso: string): string => dateOf(iso, MINUTE);
/** Such as `12,345`. */
export const formatCount = (count: number): string => WHOLE.format(count);

/** Such as `1 permission` or `3 permissions`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Such as `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${SHORT.format(value)} ${units[unit]}`;
}

/** Such as `340 ms`, `12.5 s` or `3 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${WHOLE.format(ms)} ms`;
  if (ms < 120_000) return `${SHORT.format(ms / 1000)} s`;
  if (ms < 7_200_000) return `${SHORT.format(ms / 60_000)} min`;
  return `${SHORT.format(ms / 3_600_000)} h`;
}

/** RFC 3339 of so many hours ago; undefined for no limit. */
export function hoursAgo(hours: string): string | undefined {
  return hours === "" ? undefined : new Date(Date.now() - Number(hours) * 3_600_000).toISOString();
}

import type { DebugEntry } from "@alga-ext/gateway";

/** One line of the live log. */
export type LiveRow =
  | { readonly kind: "event"; readonly key: string; readonly event: DebugEntry }
  | { readonly kind: "gap"; readonly key: string; readonly missed: number | null };

/** What has come so far, oldest first. */
export interface LiveLog {
  readonly rows: readonly LiveRow[];
  /** Rows that came in all, also those that had to go. */
  readonly total: number;
}

/** What is to be seen of it. */
export interface LiveFilter {
  /** The least level; empty for all. */
  readonly level: string;
  readonly text: string;
  readonly requestId: string;
}

/** Rows that are kept; the server has no more either. */
export const MAX_ROWS = 2000;
export const EMPTY_LOG: LiveLog = { rows: [], total: 0 };

const LEVELS: readonly string[] = ["trace", "debug", "info", "warn", "error"];

/** Add what came; the oldest make room. */
export function addEvents(log: LiveLog, events: readonly DebugEntry[]): LiveLog {
  return addRows(
    log,
    events.map((event) => ({ kind: "event", key: event.id, event })),
  );
}

/** Note that events are missing here. */
export function addGap(log: LiveLog, missed: number | null): LiveLog {
  return addRows(log, [{ kind: "gap", key: `gap-${log.total}`, missed }]);
}

function addRows({ rows, total }: LiveLog, more: readonly LiveRow[]): LiveLog {
  return { rows: [...rows, ...more].slice(-MAX_ROWS), total: total + more.length };
}

/** The rows that fit a filter; gaps always do. */
export function filterRows(rows: readonly LiveRow[], filter: LiveFilter): readonly LiveRow[] {
  const least = LEVELS.indexOf(filter.level);
  const text = filter.text.trim().toLowerCase();
  const requestId = filter.requestId.trim().toLowerCase();
  return rows.filter((row) => {
    if (row.kind === "gap") return true;
    const { level, message, requestId: id } = row.event;
    return (
      LEVELS.indexOf(level) >= least &&
      (text === "" || message.toLowerCase().includes(text)) &&
      (requestId === "" || (id ?? "").toLowerCase().includes(requestId))
    );
  });
}

/** All that is known of one call. */
export interface LiveCall {
  readonly requestId: string;
  readonly lines: readonly DebugEntry[];
  /** How it went; null while it runs, or when that has been forgotten. */
  readonly end: DebugEntry | null;
}

/** Put together what belongs to one call. */
export function callOf(rows: readonly LiveRow[], requestId: string): LiveCall {
  const events = rows.flatMap((row) =>
    row.kind === "event" && row.event.requestId === requestId ? [row.event] : [],
  );
  return {
    requestId,
    lines: events.filter(({ call }) => call === undefined),
    end: events.findLast(({ call }) => call !== undefined) ?? null,
  };
}

import type { DebugEvent } from "@alga-ext/protocol";

/** A {@link DebugEvent} with its place in the log. */
export interface DebugEntry extends DebugEvent {
  /** Cursor of the event: `<number>-<number>`, growing, as Redis Streams have it. */
  readonly id: string;
}

/** Which events to read: those of one extension of one tenant. */
export interface DebugQuery {
  readonly tenantId: string;
  /** Registry id. */
  readonly extensionId: string;
  /** Events after this cursor, oldest first; `0-0` from the beginning, null for the newest `limit` of them. */
  readonly after: string | null;
  readonly limit: number;
  /** How long to wait for an event when there is none, in milliseconds. @default 0 */
  readonly waitMs?: number;
  /** Ends the wait; the answer is then empty. */
  readonly signal?: AbortSignal;
}

/** What a {@link DebugLog} found. */
export interface DebugPage {
  readonly events: readonly DebugEntry[];
  /** What to ask with next: the cursor of the last event, else the one that was asked with. */
  readonly lastId: string;
  /** Events between `after` and the first of `events` that are gone; null for an unknown number. 0 when `after` is null. */
  readonly missed: number | null;
}

/**
 * Port: keeps the newest debug events of each extension of each tenant, and lets readers follow them.
 *
 * Reading takes nothing away and keeps nothing for the reader: one who is slow costs no memory and finds a gap. Tenants
 * and extensions never share a log, not even where their ids differ only in case.
 */
export interface DebugLog {
  /** Keep an event. Never throws and never waits: what cannot be kept is dropped and counted. */
  publish(event: DebugEvent): void;
  /** Read on. Rejects with a `GatewayError` `overloaded` when the log cannot be read or is closed. */
  read(query: DebugQuery): Promise<DebugPage>;
  /** Let go of everything and end all waits. */
  close(): Promise<void>;
}

/** The cursor before every event. */
export const DEBUG_START = "0-0";

const CURSOR = /^(\d{1,15})-(\d{1,15})$/;

/** Read a cursor, `0` being {@link DEBUG_START}; null when it is none. */
export function parseDebugCursor(text: string): readonly [number, number] | null {
  if (text === "0") return [0, 0];
  const found = CURSOR.exec(text);
  return found === null ? null : [Number(found[1]), Number(found[2])];
}

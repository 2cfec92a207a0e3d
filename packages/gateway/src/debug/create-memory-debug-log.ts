import type { DebugEvent } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import {
  DEBUG_START,
  parseDebugCursor,
  type DebugEntry,
  type DebugLog,
  type DebugPage,
  type DebugQuery,
} from "./debug-log.ts";
import { createWaiters } from "./waiters.ts";

/** Options of {@link createMemoryDebugLog}. */
export interface MemoryDebugLogOptions {
  /** Events kept of one extension of one tenant. @default 2000 */
  readonly maxEvents?: number;
  /** About how much memory all events may take, in bytes; who has most gives first. @default 33554432 */
  readonly maxBytes?: number;
  /** Extensions of tenants that are kept; who was silent longest goes first. @default 1000 */
  readonly maxRings?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}

/** A {@link DebugLog} in memory. */
export interface MemoryDebugLog extends DebugLog {
  /** Events that had to make room so far. */
  dropped(): number;
}

interface Ring {
  /** Tells this ring from one of the same name that was here before, in this process or another. */
  readonly epoch: number;
  /** Number of the oldest event that is kept; the first ever is 1. */
  first: number;
  readonly kept: { readonly entry: DebugEntry; readonly bytes: number }[];
  bytes: number;
}

/** What an entry takes besides its texts. */
const ENTRY_BYTES = 600;

/** Create a debug log for a host of one process: the newest events, in memory, within bounds. */
export function createMemoryDebugLog(options: MemoryDebugLogOptions = {}): MemoryDebugLog {
  const { maxEvents = 2000, maxBytes = 32 * 1024 * 1024, maxRings = 1000, clock = Date.now } = options;
  /** The one written to last comes last. */
  const rings = new Map<string, Ring>();
  const waiters = createWaiters();
  const total = { bytes: 0, dropped: 0 };
  let lastEpoch = 0;
  let isClosed = false;

  const dropOldest = (ring: Ring): void => {
    const gone = ring.kept.shift();
    if (gone === undefined) return;
    ring.first += 1;
    ring.bytes -= gone.bytes;
    total.bytes -= gone.bytes;
    total.dropped += 1;
  };

  const dropRing = (key: string, ring: Ring): void => {
    rings.delete(key);
    total.bytes -= ring.bytes;
    total.dropped += ring.kept.length;
  };

  const ringFor = (key: string): Ring => {
    const known = rings.get(key);
    if (known !== undefined) {
      rings.delete(key);
      rings.set(key, known);
      return known;
    }
    lastEpoch = Math.max(clock(), lastEpoch + 1);
    const made: Ring = { epoch: lastEpoch, first: 1, kept: [], bytes: 0 };
    rings.set(key, made);
    for (const [oldest, ring] of rings) {
      if (rings.size <= maxRings) break;
      dropRing(oldest, ring);
    }
    return made;
  };

  return {
    publish(event) {
      if (isClosed) return;
      const key = keyOf(event);
      const ring = ringFor(key);
      const entry = { ...event, id: `${ring.epoch}-${ring.first + ring.kept.length}` };
      const size = ENTRY_BYTES + 2 * event.message.length + sizeOfCall(event);
      ring.kept.push({ entry, bytes: size });
      ring.bytes += size;
      total.bytes += size;
      if (ring.kept.length > maxEvents) dropOldest(ring);
      while (total.bytes > maxBytes) dropOldest(largest(rings.values(), ring));
      waiters.wake(key);
    },

    async read(query) {
      const key = keyOf(query);
      for (const until = performance.now() + (query.waitMs ?? 0); ;) {
        if (isClosed) throw new GatewayError("overloaded", "The debug log is closed.");
        const page = pageOf(rings.get(key), query);
        const leftMs = until - performance.now();
        if (page.events.length > 0 || page.missed !== 0 || leftMs <= 0 || query.signal?.aborted === true)
          return page;
        await waiters.wait(key, {
          waitMs: leftMs,
          ...(query.signal === undefined ? {} : { signal: query.signal }),
        });
      }
    },

    dropped: () => total.dropped,

    async close() {
      isClosed = true;
      rings.clear();
      waiters.wakeAll();
    },
  };
}

function keyOf({ tenantId, extensionId }: Pick<DebugEvent, "tenantId" | "extensionId">): string {
  return JSON.stringify([tenantId, extensionId]);
}

function sizeOfCall({ call }: DebugEvent): number {
  return call === undefined ? 0 : 2 * JSON.stringify(call).length;
}

/** Who has most gives first, so that nobody's noise takes a neighbour's events. */
function largest(rings: Iterable<Ring>, first: Ring): Ring {
  let found = first;
  for (const ring of rings) if (ring.bytes > found.bytes) found = ring;
  return found;
}

function pageOf(ring: Ring | undefined, { after, limit }: DebugQuery): DebugPage {
  if (ring === undefined) return { events: [], lastId: after ?? DEBUG_START, missed: 0 };
  const { kept, epoch, first } = ring;
  let from: number;
  let missed: number | null = 0;
  if (after === null) from = Math.max(0, kept.length - limit);
  else {
    const [cursorEpoch, cursorNumber] = parseDebugCursor(after) ?? [NaN, NaN];
    const isStart = cursorEpoch === 0 && cursorNumber === 0;
    const isOwn = isStart || (cursorEpoch === epoch && cursorNumber < first + kept.length);
    from = isOwn ? cursorNumber + 1 - first : 0;
    missed = isOwn ? Math.max(0, -from) : null;
    from = Math.max(0, from);
  }
  const events = kept.slice(from, from + limit).map(({ entry }) => entry);
  const lastId = `${epoch}-${first + from + events.length - 1}`;
  return { events, lastId, missed };
}

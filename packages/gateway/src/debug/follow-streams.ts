import { createWaiters } from "./waiters.ts";

/** The part of an ioredis client that the debug log uses. */
export interface DebugRedis {
  call(command: string, args: (string | number)[]): Promise<unknown>;
  /** Another connection to the same server. */
  duplicate(): DebugRedis;
  on(event: "error", listener: (error: Error) => void): unknown;
  disconnect(): void;
}

/** Waits for new entries in any number of streams, on one connection of its own. */
export interface StreamFollower {
  /** Resolves when the stream may have entries after this one, or the time is over; never rejects. */
  wait(
    key: string,
    options: { readonly after: string; readonly waitMs: number; readonly signal?: AbortSignal },
  ): Promise<void>;
  close(): void;
}

/** The connection is asked anew this often, so that nothing that died unnoticed is waited for. */
const BLOCK_MS = 5000;
/** Who cannot reach Redis asks again after a moment, not at once. */
const FAILED_MS = 1000;
const WAKE_TTL_MS = 60_000;

/**
 * Follow streams of a Redis with one blocking `XREAD` over all that somebody waits for.
 *
 * A new wait has to get into an `XREAD` that blocks already: an entry in a stream of the follower's own, `wakeKey`,
 * ends it. Everything is a cursor, so no entry can fall between two reads.
 */
export function createStreamFollower(client: DebugRedis, wakeKey: string): StreamFollower {
  const waiters = createWaiters();
  const cursors = new Map<string, string>();
  let reader: DebugRedis | null = null;
  let lastWake = "0-0";
  const state = { isRunning: false, isClosed: false };

  const readOnce = async (connection: DebugRedis): Promise<void> => {
    const keys = waiters.keys();
    const ids = keys.map((key) => cursors.get(key) ?? "0-0");
    const streams = ["STREAMS", wakeKey, ...keys, lastWake, ...ids];
    const found = await connection.call("XREAD", ["COUNT", 1, "BLOCK", BLOCK_MS, ...streams]);
    for (const [key, entries] of toPairs(found)) {
      if (key === wakeKey) lastWake = entries[0]?.[0] ?? lastWake;
      else {
        cursors.delete(key);
        waiters.wake(key);
      }
    }
  };

  const run = async (): Promise<void> => {
    if (state.isRunning) {
      await client.call("XADD", [wakeKey, "MAXLEN", 1, "*", "wake", 1]);
      await client.call("PEXPIRE", [wakeKey, WAKE_TTL_MS]);
      return;
    }
    state.isRunning = true;
    try {
      if (reader === null) {
        reader = client.duplicate();
        // Failures reach whoever waits through the command that fails.
        reader.on("error", () => {});
      }
      while (!state.isClosed && waiters.keys().length > 0) await readOnce(reader);
    } finally {
      state.isRunning = false;
    }
  };

  return {
    async wait(key, { after, waitMs, signal }) {
      if (state.isClosed) return;
      const known = cursors.get(key);
      const isNew = known === undefined || !waiters.keys().includes(key);
      if (isNew || isBefore(after, known)) cursors.set(key, after);
      const waited = waiters.wait(key, { waitMs, ...(signal === undefined ? {} : { signal }) });
      // Another wait for the same entries is in the read under way.
      if (isNew || isBefore(after, known)) {
        run().catch(() => {
          if (!state.isClosed) setTimeout(() => waiters.wakeAll(), FAILED_MS);
        });
      }
      await waited;
    },
    close() {
      state.isClosed = true;
      waiters.wakeAll();
      reader?.disconnect();
    },
  };
}

type Entries = readonly (readonly [id: string, fields: unknown])[];

/** Streams and their entries, whether they come as RESP2 has them (pairs) or RESP3 (a map, or its flat list). */
function toPairs(found: unknown): readonly (readonly [key: string, entries: Entries])[] {
  if (found instanceof Map) return [...(found as Map<string, Entries>)];
  if (!Array.isArray(found)) return Object.entries((found ?? {}) as Record<string, Entries>);
  const list = found as readonly unknown[];
  if (list.length === 0 || Array.isArray(list[0])) return list as readonly (readonly [string, Entries])[];
  return list.flatMap((key, index) =>
    index % 2 === 0 ? [[key as string, list[index + 1] as Entries] as const] : [],
  );
}

function isBefore(a: string, b: string): boolean {
  const [[aMs = 0, aN = 0], [bMs = 0, bN = 0]] = [a, b].map((id) => id.split("-").map(Number)) as [
    number[],
    number[],
  ];
  return aMs < bMs || (aMs === bMs && aN < bN);
}

import type { DebugEvent } from "@alga-ext/protocol";
import {
  DEBUG_START,
  parseDebugCursor,
  type DebugEntry,
  type DebugLog,
  type DebugPage,
  type DebugQuery,
} from "../debug/debug-log.ts";
import { createStreamFollower, type DebugRedis } from "../debug/follow-streams.ts";
import { GatewayError } from "../errors.ts";
import { fromStreamFields, toStreamFields } from "./redis-debug-fields.ts";

/** Options of {@link createRedisDebugLog}. */
export interface RedisDebugLogOptions {
  /** An ioredis client of one server, 6.2 or newer; the log opens one more connection for its reader, and closes that. */
  readonly client: DebugRedis;
  /** What keys begin with. @default "ext-debug:" */
  readonly prefix?: string;
  /** About how many events are kept of one extension of one tenant. @default 2000 */
  readonly maxEvents?: number;
  /** Milliseconds after which an extension that logs nothing is forgotten. @default 86400000 */
  readonly retentionMs?: number;
  /** Events on their way to Redis; what comes when there are so many is dropped. @default 1000 */
  readonly maxPending?: number;
  /** Called with the number of events dropped so far, when Redis took one not. @default nobody is told */
  readonly onDropped?: (dropped: number) => void;
}

type RawEntry = readonly [id: string, fields: readonly string[]];

const DAY_MS = 86_400_000;

/**
 * Create a debug log in Redis Streams, for hosts of several processes: one stream for each extension of each tenant,
 * keys and fields as the runner of the contract writes them.
 */
export function createRedisDebugLog(options: RedisDebugLogOptions): DebugLog {
  const {
    client,
    prefix = "ext-debug:",
    maxEvents = 2000,
    retentionMs = DAY_MS,
    maxPending = 1000,
  } = options;
  const follower = createStreamFollower(client, `${prefix}:wake:${crypto.randomUUID()}`);
  let pending = 0;
  let dropped = 0;
  let isClosed = false;

  const keyOf = ({ tenantId, extensionId }: Pick<DebugEvent, "tenantId" | "extensionId">): string =>
    `${prefix}${tenantId}:${extensionId}`.toLowerCase();

  const drop = (): void => {
    dropped += 1;
    options.onDropped?.(dropped);
  };

  const range = async (command: "XRANGE" | "XREVRANGE", args: (string | number)[]): Promise<RawEntry[]> =>
    (await client.call(command, args)) as RawEntry[];

  const readPage = async (query: DebugQuery): Promise<DebugPage> => {
    const key = keyOf(query);
    const { after, limit } = query;
    if (after === null) {
      const found = await range("XREVRANGE", [key, "+", "-", "COUNT", Math.max(1, limit)]);
      const lastId = found[0]?.[0] ?? DEBUG_START;
      return { events: toEntries(found.slice(0, limit).reverse(), query), lastId, missed: 0 };
    }
    const [found, [oldest]] = await Promise.all([
      range("XRANGE", [key, `(${after}`, "+", "COUNT", limit]),
      range("XRANGE", [key, "-", "+", "COUNT", 1]),
    ]);
    const next = found[0];
    if (next !== undefined) {
      // Where the next entry is the oldest of all, the one before it is gone, and with it who knows how many.
      const isGap = after !== DEBUG_START && next[0] === oldest?.[0];
      return {
        events: toEntries(found, query),
        lastId: found.at(-1)?.[0] ?? after,
        missed: isGap ? null : 0,
      };
    }
    if (after === DEBUG_START || oldest === undefined) return { events: [], lastId: after, missed: 0 };
    const [newest] = await range("XREVRANGE", [key, "+", "-", "COUNT", 1]);
    if (newest === undefined || !isAhead(after, newest[0])) return { events: [], lastId: after, missed: 0 };
    // A cursor of another life of this server: better everything again than nothing ever.
    const again = await readPage({ ...query, after: DEBUG_START });
    return { ...again, missed: null };
  };

  const toEntries = (found: readonly RawEntry[], { tenantId, extensionId }: DebugQuery): DebugEntry[] =>
    found.flatMap(([id, fields]) => {
      const event = fromStreamFields(fields, Date.now());
      // Keys are lower-case, tenants need not be: what is not exactly ours is not ours.
      if (event?.tenantId !== tenantId || event.extensionId !== extensionId) return [];
      return [{ id, ...event }];
    });

  return {
    publish(event) {
      if (isClosed) return;
      if (pending >= maxPending) {
        drop();
        return;
      }
      pending += 1;
      const key = keyOf(event);
      const added = client.call("XADD", [key, "MAXLEN", "~", maxEvents, "*", ...toStreamFields(event)]);
      const kept = client.call("PEXPIRE", [key, retentionMs]);
      void Promise.all([added, kept])
        .catch(drop)
        .finally(() => (pending -= 1));
    },

    async read(query) {
      const { signal } = query;
      let asked = query;
      for (const until = performance.now() + (query.waitMs ?? 0); ;) {
        if (isClosed) throw closed();
        const page = await readPage(asked).catch((cause: unknown) => {
          throw new GatewayError("overloaded", "The debug log cannot be read; try again.", { cause });
        });
        const waitMs = until - performance.now();
        if (page.events.length > 0 || page.missed !== 0 || waitMs <= 0 || signal?.aborted === true)
          return page;
        // Entries that are somebody else's are read once.
        asked = { ...query, after: page.lastId };
        const after = page.lastId;
        await follower.wait(keyOf(query), { after, waitMs, ...(signal === undefined ? {} : { signal }) });
      }
    },

    async close() {
      isClosed = true;
      follower.close();
    },
  };
}

function isAhead(cursor: string, newest: string): boolean {
  const [[ms, n], [newestMs, newestN]] = [cursor, newest].map((id) => parseDebugCursor(id) ?? [0, 0]) as [
    readonly [number, number],
    readonly [number, number],
  ];
  return ms > newestMs || (ms === newestMs && n > newestN);
}

function closed(): GatewayError {
  return new GatewayError("overloaded", "The debug log is closed.");
}

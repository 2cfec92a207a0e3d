import type { DebugEvent } from "@alga-ext/protocol";
import { DEBUG_START, type DebugLog } from "../debug/debug-log.ts";

/** What an adapter's test gives the cases; everything it makes, it ends. */
export interface DebugLogHarness {
  /** An empty log that keeps about this many events of one extension. */
  createLog(options: { readonly maxEvents: number }): Promise<DebugLog>;
}

/** One sentence of the {@link DebugLog} port, as a test. */
export interface DebugLogContractCase {
  readonly name: string;
  /** Rejects when the sentence does not hold. */
  run(harness: DebugLogHarness): Promise<void>;
}

/** Every {@link DebugLog} must pass each case; they need no test framework. */
export const DEBUG_LOG_CONTRACT: readonly DebugLogContractCase[] = [
  {
    name: "gives events back as they were published, oldest first",
    async run(harness) {
      const log = await harness.createLog({ maxEvents: 100 });
      const sent = [
        anEvent({ message: "tab\tünïcode 🙂 \\u0007", level: "warn", truncated: true }),
        anEvent({ installId: null, requestId: null, versionId: null, contentHash: null, stream: "stderr" }),
        anEvent({ stream: "call", call: A_CALL }),
      ];
      for (const event of sent) log.publish(event);
      const { events, lastId, missed } = await all(log, 3);
      same(
        events.map(({ id: _id, ...event }) => event),
        sent,
      );
      same(lastId, events[2]?.id);
      same(missed, 0);
    },
  },
  {
    name: "goes on after a cursor, page by page, without loss or repeat",
    async run(harness) {
      const log = await harness.createLog({ maxEvents: 100 });
      for (let n = 0; n < 25; n++) log.publish(anEvent({ message: `${n}` }));
      await all(log, 25);
      const seen: string[] = [];
      for (let after = DEBUG_START; ;) {
        const page = await log.read({ ...SOURCE, after, limit: 7 });
        same(page.missed, 0);
        if (page.events.length === 0) {
          same(page.lastId, after);
          break;
        }
        seen.push(...page.events.map(({ message }) => message));
        after = page.lastId;
      }
      same(
        seen,
        Array.from({ length: 25 }, (_, n) => `${n}`),
      );
    },
  },
  {
    name: "begins with the newest events, oldest of them first, and goes on from there",
    async run(harness) {
      const log = await harness.createLog({ maxEvents: 100 });
      for (const message of ["a", "b", "c"]) log.publish(anEvent({ message }));
      await all(log, 3);
      const tail = await log.read({ ...SOURCE, after: null, limit: 2 });
      same(messages(tail.events), ["b", "c"]);
      same(tail.missed, 0);
      const none = await log.read({ ...SOURCE, after: null, limit: 0 });
      same(none.events, []);
      same(none.lastId, tail.lastId);
      log.publish(anEvent({ message: "d" }));
      const next = await log.read({ ...SOURCE, after: none.lastId, limit: 10, waitMs: PATIENCE_MS });
      same(messages(next.events), ["d"]);
    },
  },
  {
    name: "waits for an event when there is none",
    async run(harness) {
      const log = await harness.createLog({ maxEvents: 100 });
      const waiting = [1, 2].map(() =>
        log.read({ ...SOURCE, after: DEBUG_START, limit: 10, waitMs: PATIENCE_MS }),
      );
      const since = performance.now();
      log.publish(anEvent({ message: "at last" }));
      for (const page of await Promise.all(waiting)) same(messages(page.events), ["at last"]);
      // Told of it, not found when the wait was over.
      same(performance.now() - since < PATIENCE_MS / 2, true);
    },
  },
  {
    name: "a wait ends empty when its time is over or its signal aborts",
    async run(harness) {
      const log = await harness.createLog({ maxEvents: 100 });
      const late = await log.read({ ...SOURCE, after: null, limit: 10, waitMs: 5 });
      same(late.events, []);
      const controller = new AbortController();
      const { signal } = controller;
      const cut = log.read({ ...SOURCE, after: DEBUG_START, limit: 10, waitMs: PATIENCE_MS, signal });
      const since = performance.now();
      controller.abort();
      same((await cut).events, []);
      same(performance.now() - since < PATIENCE_MS / 2, true);
    },
  },
  {
    name: "keeps tenants and extensions apart, also where ids differ only in case",
    async run(harness) {
      const log = await harness.createLog({ maxEvents: 100 });
      log.publish(anEvent({ message: "ours" }));
      log.publish(anEvent({ message: "another tenant's", tenantId: "globex" }));
      log.publish(anEvent({ message: "a tenant's whose name looks alike", tenantId: "ACME" }));
      log.publish(anEvent({ message: "another extension's", extensionId: "ext-2" }));
      log.publish(anEvent({ message: "ours too" }));
      const { events } = await all(log, 2);
      same(messages(events), ["ours", "ours too"]);
    },
  },
  {
    name: "says that events were missed once the log has moved on, and goes on with what is left",
    async run(harness) {
      const log = await harness.createLog({ maxEvents: 10 });
      log.publish(anEvent({ message: "first" }));
      const { lastId: after } = await all(log, 1);
      // Adapters may keep more than they were told to, by a few hundred.
      for (let n = 0; n < 600; n++) log.publish(anEvent({ message: `${n}` }));
      for (let cursor = after, isFirst = true; ;) {
        const page = await log.read({ ...SOURCE, after: cursor, limit: 1000, waitMs: PATIENCE_MS });
        if (isFirst && page.missed === 0 && page.events.length > 0) throw new Error("No gap was told.");
        if (!isFirst) same(page.missed, 0);
        isFirst = false;
        cursor = page.lastId;
        if (page.events.at(-1)?.message === "599") break;
      }
    },
  },
  {
    name: "takes a cursor of another life of the log for a gap, not for silence",
    async run(harness) {
      const log = await harness.createLog({ maxEvents: 10 });
      log.publish(anEvent({ message: "here" }));
      await all(log, 1);
      for (const after of ["1-1", "999999999999999-1"]) {
        const page = await log.read({ ...SOURCE, after, limit: 10 });
        same(messages(page.events), ["here"]);
        same(page.missed === 0, false);
      }
    },
  },
  {
    name: "rejects reads once it is closed, also those that wait",
    async run(harness) {
      const log = await harness.createLog({ maxEvents: 10 });
      const read = () =>
        log.read({ ...SOURCE, after: DEBUG_START, limit: 1, waitMs: PATIENCE_MS }).then(
          () => "read",
          (error: { readonly code?: unknown }) => error.code,
        );
      const since = performance.now();
      const waiting = read();
      await log.close();
      same(await waiting, "overloaded");
      same(performance.now() - since < PATIENCE_MS / 2, true);
      same(await read(), "overloaded");
      log.publish(anEvent());
    },
  },
];

const SOURCE = { tenantId: "acme", extensionId: "ext-1" } as const;
/** For what comes at once; only a failure takes this long. */
const PATIENCE_MS = 10_000;

const A_CALL = {
  method: "GET",
  path: "/agreements/1",
  endpoint: "/agreements/:id",
  status: "ok",
  httpStatus: 200,
  error: null,
  startedAt: "2026-01-02T03:04:05.000Z",
  durationMs: 12,
  usage: {
    duration_ms: 11.5,
    egress_bytes: 0,
    host_calls: 2,
    capabilities: [
      { target: "alga:extension/storage#get", calls: 2, failed: 1, denied: 0, ms: 3.1, spans: [[1, 2]] },
    ],
  },
} as const satisfies DebugEvent["call"];

function anEvent(overrides: Partial<DebugEvent> = {}): DebugEvent {
  return {
    ts: "2026-01-02T03:04:05.678Z",
    level: "info",
    stream: "log",
    ...SOURCE,
    installId: "install-1",
    requestId: "req-1",
    versionId: "version-1",
    contentHash: `sha256:${"a".repeat(64)}`,
    message: "hello",
    truncated: false,
    ...overrides,
  };
}

/** All there is, once there are this many: publishing does not wait. */
async function all(log: DebugLog, count: number): ReturnType<DebugLog["read"]> {
  let after = DEBUG_START;
  const events: Awaited<ReturnType<DebugLog["read"]>>["events"][number][] = [];
  for (;;) {
    const page = await log.read({ ...SOURCE, after, limit: 1000, waitMs: PATIENCE_MS });
    if (page.events.length === 0) throw new Error(`Only ${events.length} of ${count} events came.`);
    events.push(...page.events);
    after = page.lastId;
    if (events.length >= count) return { ...page, events };
  }
}

function messages(events: readonly DebugEvent[]): readonly string[] {
  return events.map(({ message }) => message);
}

function same(actual: unknown, expected: unknown): void {
  const [a, b] = [actual, expected].map((one) => JSON.stringify(one, sortedKeys));
  if (a !== b) throw new Error(`Expected ${b}, got ${a}.`);
}

/** Objects with their keys in one order. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

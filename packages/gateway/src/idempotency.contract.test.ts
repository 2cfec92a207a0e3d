import { PGlite } from "@electric-sql/pglite";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSqlIdempotency, IDEMPOTENCY_TABLE } from "./adapters/sql-idempotency.ts";
import { createMemoryIdempotency } from "./memory-idempotency.ts";
import { IDEMPOTENCY_CONTRACT, SHARED_IDEMPOTENCY_CONTRACT } from "./testing/idempotency.contract.ts";

describe("createMemoryIdempotency keeps the IdempotencyStore contract", () => {
  test.each(IDEMPOTENCY_CONTRACT)("$name", async (one) => {
    let now = 1_000_000;
    await one.run({
      createStores: async (count, { ttlMs }) =>
        Array.from({ length: count }, () => createMemoryIdempotency({ ttlMs, clock: () => now })),
      pass: (ms) => void (now += ms),
    });
  });
});

const scopeOf = (key: string) => ({
  tenantId: "acme",
  userId: "u",
  installId: "i",
  method: "POST",
  path: "/",
  key,
});
const answerOf = (length: number) =>
  ({ kind: "answer", status: 200, headers: {}, bodyB64: "A".repeat(length) }) as const;

test("memory forgets the oldest answer when it is full, by number and by size", async () => {
  for (const options of [{ maxAnswers: 2 }, { maxBytes: 3000 }]) {
    const store = createMemoryIdempotency(options);
    for (const key of ["a", "b", "c"]) {
      const claim = await store.claim(scopeOf(key), "f");
      if (claim.state === "new")
        await store.keep(scopeOf(key), { token: claim.token, answer: answerOf(1000) });
    }
    expect((await store.claim(scopeOf("c"), "f")).state).toBe("kept");
    expect((await store.claim(scopeOf("b"), "f")).state).toBe("kept");
    expect((await store.claim(scopeOf("a"), "f")).state).toBe("new");
  }
});

type Step =
  | { readonly do: "claim"; readonly fingerprint: string }
  | { readonly do: "keep" | "release"; readonly token: number }
  | { readonly do: "pass"; readonly ms: number };

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("claim" as const), fingerprint: fc.constantFrom("f", "g") }),
    fc.record({ do: fc.constantFrom("keep" as const, "release" as const), token: fc.nat(5) }),
    fc.record({ do: fc.constant("pass" as const), ms: fc.nat(150) }),
  ),
  { maxLength: 30 },
);

/** What a store of one key must say, with nothing but the sentences of the port. */
function createModel(ttlMs: number) {
  let held: { fingerprint: string; token: number; untilMs: number | null } | null = null;
  let tokens = 0;
  return {
    claim(fingerprint: string, now: number): string {
      if (held !== null && held.untilMs !== null && held.untilMs <= now) held = null;
      if (held === null) {
        held = { fingerprint, token: tokens++, untilMs: null };
        return "new";
      }
      if (held.fingerprint !== fingerprint) return "reused";
      return held.untilMs === null ? "in_use" : "kept";
    },
    settle(kind: "keep" | "release", token: number, now: number): void {
      if (held === null || held.token !== token || held.untilMs !== null) return;
      if (kind === "keep") held.untilMs = now + ttlMs;
      else held = null;
    },
  };
}

test("whatever is done in whatever order, memory says what the port says", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all: readonly Step[]) => {
      let now = 0;
      const store = createMemoryIdempotency({ ttlMs: 100, clock: () => now });
      const model = createModel(100);
      const tokens: string[] = [];
      for (const step of all) {
        if (step.do === "pass") now += step.ms;
        else if (step.do === "claim") {
          // oxlint-disable-next-line no-await-in-loop -- one step after the other
          const claim = await store.claim(scopeOf("k"), step.fingerprint);
          expect(claim.state).toBe(model.claim(step.fingerprint, now));
          if (claim.state === "new") tokens.push(claim.token);
        } else {
          const token = tokens[step.token];
          if (token === undefined) continue;
          const answer = answerOf(1);
          // oxlint-disable-next-line no-await-in-loop -- one step after the other
          await store[step.do](scopeOf("k"), { token, answer });
          model.settle(step.do, step.token, now);
        }
      }
    }),
    { numRuns: 300 },
  );
});

describe("createSqlIdempotency keeps the IdempotencyStore contract", () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await PGlite.create();
    await database.exec(IDEMPOTENCY_TABLE);
  });
  afterAll(() => database.close());

  const ALL = [...IDEMPOTENCY_CONTRACT, ...SHARED_IDEMPOTENCY_CONTRACT];
  const query = (sql: string, parameters: unknown[]) =>
    database.query<Record<string, unknown>>(sql, parameters);
  const count = async () => (await query("select id from alga_idempotency", [])).rows.length;

  test.each(ALL)("$name", async (one) => {
    await database.exec("delete from alga_idempotency");
    let now = 1_000_000;
    await one.run({
      createStores: async (stores, times) =>
        Array.from({ length: stores }, () => createSqlIdempotency({ query, ...times, clock: () => now })),
      pass: (ms) => void (now += ms),
    });
  });

  test("prune deletes what is over, and only that", async () => {
    await database.exec("delete from alga_idempotency");
    let now = 0;
    const store = createSqlIdempotency({ query, ttlMs: 10, clock: () => now });
    await store.claim(scopeOf("a"), "f");
    now = 5;
    await store.claim(scopeOf("b"), "f");
    now = 10;
    await store.prune();
    expect(await count()).toBe(1);
    expect((await store.claim(scopeOf("b"), "f")).state).toBe("in_use");
  });
});

import type { IdempotencyClaim, IdempotencyScope, IdempotencyStore, KeptAnswer } from "../ports.ts";

/** What an adapter's test gives the cases; everything it starts, it ends. */
export interface IdempotencyHarness {
  /**
   * Stores as so many processes would hold them, over one place that has seen no call, which keep answers for `ttlMs` and
   * take a claim for lost after `claimMs`, where they can outlive the process that claimed.
   */
  createStores(
    count: number,
    times: { readonly ttlMs: number; readonly claimMs: number },
  ): Promise<IdempotencyStore[]>;
  /** Let time go by, as the stores see it. */
  pass(ms: number): void;
}

/** One sentence of the {@link IdempotencyStore} port, as a test. */
export interface IdempotencyContractCase {
  readonly name: string;
  /** Rejects when the sentence does not hold. */
  run(harness: IdempotencyHarness): Promise<void>;
}

const SCOPE: IdempotencyScope = {
  tenantId: "acme",
  userId: "user-1",
  installId: "i-1",
  method: "POST",
  path: "/agreements",
  key: "key-1",
};
const TIMES = { ttlMs: 1000, claimMs: 100 };
const ANSWER: KeptAnswer = {
  kind: "answer",
  status: 201,
  headers: { "content-type": "text/plain", etag: '"\u00e4\u0000"' },
  bodyB64: "AP8=",
};

/** Every adapter of {@link IdempotencyStore} must pass each case; they need no test framework. */
export const IDEMPOTENCY_CONTRACT: readonly IdempotencyContractCase[] = [
  {
    name: "a key is new once, in use until it is settled, and then answers",
    async run(harness) {
      const store = await one(harness);
      const token = await claimNew(store, SCOPE);
      expectState(await store.claim(SCOPE, "f"), "in_use");
      await store.keep(SCOPE, { token, answer: ANSWER });
      expectAnswer(await store.claim(SCOPE, "f"), ANSWER);
      expectAnswer(await store.claim(SCOPE, "f"), ANSWER);
    },
  },
  {
    name: "an error is an answer",
    async run(harness) {
      const store = await one(harness);
      const answer: KeptAnswer = { kind: "error", code: "deadline_exceeded", message: "Too late." };
      await store.keep(SCOPE, { token: await claimNew(store, SCOPE), answer });
      expectAnswer(await store.claim(SCOPE, "f"), answer);
    },
  },
  {
    name: "with another fingerprint a key is reused, under way or answered",
    async run(harness) {
      const store = await one(harness);
      const token = await claimNew(store, SCOPE);
      expectState(await store.claim(SCOPE, "other"), "reused");
      await store.keep(SCOPE, { token, answer: ANSWER });
      expectState(await store.claim(SCOPE, "other"), "reused");
    },
  },
  {
    name: "a key that was given back is new, whatever the fingerprint",
    async run(harness) {
      const store = await one(harness);
      await store.release(SCOPE, { token: await claimNew(store, SCOPE) });
      expectState(await store.claim(SCOPE, "other"), "new");
    },
  },
  {
    name: "a token settles its own claim and no later one",
    async run(harness) {
      const store = await one(harness);
      const token = await claimNew(store, SCOPE);
      await store.release(SCOPE, { token });
      await claimNew(store, SCOPE);
      await store.keep(SCOPE, { token, answer: ANSWER });
      await store.release(SCOPE, { token });
      expectState(await store.claim(SCOPE, "f"), "in_use");
    },
  },
  {
    name: "what is answered is not given back",
    async run(harness) {
      const store = await one(harness);
      const token = await claimNew(store, SCOPE);
      await store.keep(SCOPE, { token, answer: ANSWER });
      await store.release(SCOPE, { token });
      expectAnswer(await store.claim(SCOPE, "f"), ANSWER);
    },
  },
  ...(["tenantId", "userId", "installId", "method", "path", "key"] as const).map((field) => ({
    name: `another ${field} is another key`,
    async run(harness: IdempotencyHarness) {
      const store = await one(harness);
      await store.keep(SCOPE, { token: await claimNew(store, SCOPE), answer: ANSWER });
      expectState(await store.claim({ ...SCOPE, [field]: `${SCOPE[field]}2` }, "f"), "new");
      // As one text without separators, these would be the same.
      const shifted = { ...SCOPE, path: "/agreementsk", key: "ey-1" };
      expectState(await store.claim(shifted, "f"), "new");
    },
  })),
  {
    name: "an answer is kept for its time and no longer",
    async run(harness) {
      const store = await one(harness);
      await store.keep(SCOPE, { token: await claimNew(store, SCOPE), answer: ANSWER });
      harness.pass(TIMES.ttlMs - 1);
      expectAnswer(await store.claim(SCOPE, "f"), ANSWER);
      harness.pass(1);
      expectState(await store.claim(SCOPE, "other"), "new");
    },
  },
  {
    name: "of many who come at once one gets the key",
    async run(harness) {
      const store = await one(harness);
      const claims = await Promise.all(Array.from({ length: 20 }, () => store.claim(SCOPE, "f")));
      expectSame(claims.filter(({ state }) => state === "new").length, 1);
      expectSame(claims.filter(({ state }) => state === "in_use").length, 19);
    },
  },
];

/** What adapters that several processes share must pass besides. */
export const SHARED_IDEMPOTENCY_CONTRACT: readonly IdempotencyContractCase[] = [
  {
    name: "what one process claims and answers, the others know",
    async run(harness) {
      const [a, b] = await harness.createStores(2, TIMES);
      const token = await claimNew(a!, SCOPE);
      expectState(await b!.claim(SCOPE, "f"), "in_use");
      await a!.keep(SCOPE, { token, answer: ANSWER });
      expectAnswer(await b!.claim(SCOPE, "f"), ANSWER);
    },
  },
  {
    name: "a claim that nobody settles is lost, and never new while it is kept",
    async run(harness) {
      const [a, b] = await harness.createStores(2, TIMES);
      const token = await claimNew(a!, SCOPE);
      harness.pass(TIMES.claimMs);
      expectState(await b!.claim(SCOPE, "f"), "lost");
      expectState(await b!.claim(SCOPE, "other"), "reused");
      // Late, and still the truth.
      await a!.keep(SCOPE, { token, answer: ANSWER });
      expectAnswer(await b!.claim(SCOPE, "f"), ANSWER);
    },
  },
  {
    name: "of many processes that come at once one gets the key",
    async run(harness) {
      const stores = await harness.createStores(8, TIMES);
      const claims = await Promise.all(stores.map((store) => store.claim(SCOPE, "f")));
      expectSame(claims.filter(({ state }) => state === "new").length, 1);
    },
  },
];

async function one(harness: IdempotencyHarness): Promise<IdempotencyStore> {
  const [store] = await harness.createStores(1, TIMES);
  if (store === undefined) throw new Error("The harness made no store.");
  return store;
}

async function claimNew(store: IdempotencyStore, scope: IdempotencyScope): Promise<string> {
  const claim = await store.claim(scope, "f");
  if (claim.state !== "new") throw new Error(`Expected a new key, got ${claim.state}.`);
  return claim.token;
}

function expectState(claim: IdempotencyClaim, state: IdempotencyClaim["state"]): void {
  expectSame(claim.state, state);
}

function expectAnswer(claim: IdempotencyClaim, answer: KeptAnswer): void {
  if (claim.state !== "kept") throw new Error(`Expected an answer, got ${claim.state}.`);
  expectSame(JSON.stringify(claim.answer), JSON.stringify(answer));
}

function expectSame(actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) throw new Error(`Expected ${String(expected)}, got ${String(actual)}.`);
}

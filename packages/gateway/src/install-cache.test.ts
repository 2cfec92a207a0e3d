import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { InstallResolver, ResolvedInstall } from "@alga-ext/protocol";
import { createInstallCache } from "./install-cache.ts";
import { anInstall } from "./testing/tenants.ts";

/** A registry whose installs can be changed, that counts what it is asked. */
function aRegistry(installs: ResolvedInstall[]) {
  const asked = { resolve: 0, revision: 0 };
  const find = (tenantId: string, id: string) =>
    installs.find((one) => one.tenantId === tenantId && (one.slug === id || one.installId === id)) ?? null;
  const resolver: Required<InstallResolver> = {
    async resolve({ tenantId, extensionId }) {
      asked.resolve += 1;
      return find(tenantId, extensionId);
    },
    async revision({ tenantId, extensionId }) {
      asked.revision += 1;
      return find(tenantId, extensionId)?.revision ?? null;
    },
  };
  return { asked, resolver, replace: (next: ResolvedInstall[]) => (installs = next) };
}

const query = { tenantId: "acme", extensionId: "acme-labs.agreements" };
const first = anInstall({ revision: "1" });

test("an answer is kept for as long as its revision says the same", async () => {
  const { asked, resolver, replace } = aRegistry([first]);
  const cache = createInstallCache({ installs: resolver });
  expect(await cache.resolve(query)).toBe(first);
  expect(await cache.resolve(query)).toBe(first);
  expect(asked).toEqual({ resolve: 1, revision: 1 });
  const second = anInstall({ revision: "2", providers: [] });
  replace([second]);
  expect(await cache.resolve(query)).toBe(second);
  expect(asked.resolve).toBe(2);
});

test("what is gone is gone at once, and that it is gone is not kept", async () => {
  const { resolver, replace } = aRegistry([first]);
  const cache = createInstallCache({ installs: resolver });
  await cache.resolve(query);
  replace([]);
  expect(await cache.resolve(query)).toBeNull();
  replace([first]);
  expect(await cache.resolve(query)).toBe(first);
});

test("without revisions an answer counts for the time stated, and no longer", async () => {
  const { asked, resolver, replace } = aRegistry([first]);
  let now = 1000;
  const installs = { resolve: resolver.resolve };
  const cache = createInstallCache({ installs, ttlMs: 500, clock: () => now });
  await cache.resolve(query);
  replace([]);
  now = 1499;
  expect(await cache.resolve(query)).toBe(first);
  now = 1500;
  expect(await cache.resolve(query)).toBeNull();
  expect(asked.resolve).toBe(2);
  expect(cache.revision).toBeUndefined();
});

test("a time of 0 keeps nothing", async () => {
  const { asked, resolver } = aRegistry([first]);
  const cache = createInstallCache({ installs: { resolve: resolver.resolve }, ttlMs: 0, clock: () => 0 });
  await cache.resolve(query);
  await cache.resolve(query);
  expect(asked.resolve).toBe(2);
});

test("no answer crosses tenants, whatever ids and tenants look like", async () => {
  const { resolver } = aRegistry([first]);
  const cache = createInstallCache({ installs: resolver });
  await cache.resolve(query);
  expect(await cache.resolve({ ...query, tenantId: "globex" })).toBeNull();
  // As one text, both would be the same without the quotes.
  const odd = anInstall({ tenantId: 'a","b', slug: "c", revision: "1" });
  const other = createInstallCache({ installs: aRegistry([odd]).resolver });
  expect(await other.resolve({ tenantId: 'a","b', extensionId: "c" })).toBe(odd);
  expect(await other.resolve({ tenantId: "a", extensionId: 'b","c' })).toBeNull();
});

test("an answer that names another tenant is not kept", async () => {
  let asked = 0;
  const installs = {
    resolve: async () => {
      asked += 1;
      return first;
    },
  };
  const cache = createInstallCache({ installs, clock: () => 0 });
  await cache.resolve({ ...query, tenantId: "globex" });
  await cache.resolve({ ...query, tenantId: "globex" });
  expect(asked).toBe(2);
});

test("calls at once share one query, and nobody gets an answer older than the question", async () => {
  const gates: PromiseWithResolvers<ResolvedInstall | null>[] = [];
  const installs = {
    resolve: () => {
      const gate = Promise.withResolvers<ResolvedInstall | null>();
      gates.push(gate);
      return gate.promise;
    },
    revision: async () => "0",
  };
  const cache = createInstallCache({ installs });
  const early = cache.resolve(query);
  const late = [cache.resolve(query), cache.resolve(query), cache.resolve(query)];
  expect(gates).toHaveLength(1);
  gates[0]!.resolve(first);
  expect(await early).toBe(first);
  await expect.poll(() => gates.length).toBe(2);
  // Uninstalled after the first query had begun.
  gates[1]!.resolve(null);
  expect(await Promise.all(late)).toEqual([null, null, null]);
  expect(gates).toHaveLength(2);
});

test("a registry that fails is asked again", async () => {
  let isDown = true;
  const installs = { resolve: async () => (isDown ? Promise.reject(new Error("down")) : first) };
  const cache = createInstallCache({ installs });
  const both = await Promise.allSettled([cache.resolve(query), cache.resolve(query)]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  isDown = false;
  expect(await cache.resolve(query)).toBe(first);
});

test("the least recently used answer makes room", async () => {
  const { asked, resolver } = aRegistry([first]);
  const cache = createInstallCache({ installs: resolver, maxInstalls: 1 });
  await cache.resolve(query);
  await cache.resolve({ ...query, extensionId: first.installId });
  await cache.resolve(query);
  expect(asked.resolve).toBe(3);
});

test("in whatever order queries end, nobody gets an answer older than the question", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom("ask", "change", "remove"), { minLength: 2, maxLength: 14 }),
      async (scheduler, steps) => {
        let version = 0;
        let isThere = true;
        const history: (string | null)[] = ["0"];
        const read = () => (isThere ? anInstall({ revision: String(version) }) : null);
        const cache = createInstallCache({
          installs: {
            // The database answers with what it saw when it began or when it ended.
            resolve: () => scheduler.schedule(Promise.resolve(), "resolve").then(read),
            revision: () => scheduler.schedule(Promise.resolve(read()?.revision ?? null), "revision"),
          },
        });
        const asked: Promise<void>[] = [];
        const sequence = scheduler.scheduleSequence(
          steps.map((step) => async () => {
            if (step === "ask") {
              const since = history.length - 1;
              const answered = cache.resolve(query).then((install) => {
                expect(history.slice(since)).toContain(install?.revision ?? null);
              });
              asked.push(answered);
              return;
            }
            isThere = step === "change";
            version += 1;
            history.push(isThere ? String(version) : null);
          }),
        );
        await scheduler.waitFor(sequence.task);
        await scheduler.waitFor(Promise.all(asked));
      },
    ),
    { numRuns: 300 },
  );
});

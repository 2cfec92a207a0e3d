import { randomUUID } from "node:crypto";
import type { JsonValue, StorageOperation, StoragePutResult, StorageRecord } from "@alga-ext/protocol";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Registry } from "../registry.ts";
import { openPostgres } from "./kit/database.ts";
import { isLinearizable, type KeyAnswer, type KeyCall, type KeyOperation } from "./kit/linearizable.ts";
import { createWorld, installNew, newTenant, type World } from "./kit/world.ts";

/** Processes that share the database, as far as it can tell. */
const PROCESSES = 4;

let world: World;
let registries: Registry[] = [];
let registryId = "";
let version = "";

beforeAll(async () => {
  world = await createWorld(await openPostgres());
  ({ registryId, version } = await installNew(world));
  registries = await Promise.all(Array.from({ length: PROCESSES }, () => world.reopen()));
}, 120_000);
afterAll(() => world.close());

interface Scope {
  readonly tenantId: string;
  readonly installId: string;
}

async function newScope(): Promise<Scope> {
  const tenantId = newTenant();
  const grants = { capabilities: ["cap:storage.kv"], egress: [] };
  const { installId } = await world.registry.install({
    tenantId,
    registryId,
    version,
    grants,
    actor: "admin",
  });
  return { tenantId, installId };
}
const at = (index: number): Registry => registries[index % PROCESSES] ?? world.registry;
const run = <T>(index: number, scope: Scope, operation: StorageOperation): Promise<T> =>
  at(index).hostApi.storage(scope, operation) as Promise<T>;
const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));
const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : String(error);
async function countRows(scope: Scope): Promise<unknown> {
  const [row] = await world.database.admin(
    `select coalesce(sum(value_size_bytes + metadata_size_bytes), 0)::int as bytes, count(*)::int as keys,
       count(distinct namespace)::int as namespaces from ext_storage_records where tenant = $1`,
    [scope.tenantId],
  );
  const [usage] = await world.database.admin(
    `select bytes_used::int as bytes, keys_count as keys, namespaces_count as namespaces
       from ext_storage_usage where tenant = $1`,
    [scope.tenantId],
  );
  expect(usage).toEqual(row);
  return row;
}

describe("storage on several connections", () => {
  test("40 writers compare-and-set one key: 40 increments", async () => {
    const scope = await newScope();
    const key = { namespace: "n", key: "counter" };
    await run(0, scope, { operation: "put", ...key, value: 0 });
    await times(40, async (index) => {
      for (;;) {
        const { value, revision } = await run<StorageRecord>(index, scope, { operation: "get", ...key });
        const write = { operation: "put" as const, ...key, value: Number(value) + 1, ifRevision: revision };
        const won = await run(index, scope, write).then(
          () => true,
          (error: unknown) => {
            expect(codeOf(error)).toBe("REVISION_MISMATCH");
            return false;
          },
        );
        if (won) return;
      }
    });
    expect(await run(0, scope, { operation: "get", ...key })).toMatchObject({ value: 40, revision: 41 });
  });

  test("keys, namespaces and bytes never pass their limits, and what fits is let in", async () => {
    const scope = await newScope();
    const limits = { storageKeysPerNamespace: 10, storageNamespaces: 3, storageBytes: 2000 };
    await world.registry.quotas.setLimits({ scope: { tenantId: scope.tenantId }, limits });
    const put = (index: number, namespace: string, value: JsonValue) =>
      run<StoragePutResult>(index, scope, { operation: "put", namespace, key: `k${index}`, value }).then(
        () => "stored",
        (error: unknown) => codeOf(error),
      );
    const keys = await times(40, (index) => put(index, "a", 1));
    expect(keys.filter((outcome) => outcome === "stored")).toHaveLength(10);
    const namespaces = await times(40, (index) => put(index, `n${index % 20}`, 1));
    expect(namespaces.filter((outcome) => outcome === "stored")).toHaveLength(4);
    expect(new Set([...keys, ...namespaces])).toEqual(new Set(["stored", "QUOTA_EXCEEDED"]));
    expect(await countRows(scope)).toMatchObject({ keys: 14, namespaces: 3 });
    // 14 keys of 3 bytes are there; values of 500 bytes replace them until no more fits.
    const { items } = (await run(0, scope, { operation: "list", namespace: "a" })) as {
      items: { key: string }[];
    };
    const grown = await times(10, (index) => {
      const key = items[index]?.key ?? "";
      const write = { operation: "put" as const, namespace: "a", key, value: "x".repeat(496) };
      return run(index, scope, write).then(
        () => "stored",
        (error: unknown) => codeOf(error),
      );
    });
    expect(grown.filter((outcome) => outcome === "stored")).toHaveLength(3);
    expect(await countRows(scope)).toMatchObject({ bytes: 3 * 500 + 11 * 3 });
  });

  test("several keys are written together or not at all, whoever writes beside", async () => {
    const scope = await newScope();
    const names = ["a", "b", "c"];
    await times(40, (index) => {
      const order = index % 2 === 0 ? names : names.toReversed();
      const items = order.map((key) => ({ key, value: index }));
      return run(index, scope, { operation: "bulkPut", namespace: "n", items });
    });
    const { items } = (await run(0, scope, { operation: "list", namespace: "n", includeValues: true })) as {
      items: StorageRecord[];
    };
    expect(new Set(items.map(({ value }) => value)).size).toBe(1);
    expect(items.map(({ revision }) => revision)).toEqual([40, 40, 40]);
  });

  test("the history of every key is one that a single store could have", { timeout: 120_000 }, async () => {
    const scope = await newScope();
    const call = fc.oneof(
      { weight: 2, arbitrary: fc.constant<KeyCall>({ kind: "get" }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("put" as const), value: fc.nat(99) }) },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant("put" as const),
          value: fc.nat(99),
          ifRevision: fc.integer({ min: 1, max: 6 }),
        }),
      },
      { weight: 1, arbitrary: fc.constant<KeyCall>({ kind: "delete" }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("delete" as const),
          ifRevision: fc.integer({ min: 1, max: 6 }),
        }),
      },
    );
    const clients = fc.array(fc.array(call, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(clients, async (programs) => {
        const key = randomUUID();
        const history: KeyOperation[] = [];
        await Promise.all(
          programs.map(async (program, index) => {
            for (const asked of program) {
              const start = performance.now();
              const answer = await perform(index, { scope, key, asked });
              history.push({ call: asked, answer, start, end: performance.now() });
            }
          }),
        );
        expect(isLinearizable(history)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

async function perform(
  index: number,
  { scope, key, asked }: { readonly scope: Scope; readonly key: string; readonly asked: KeyCall },
): Promise<KeyAnswer> {
  const where = { namespace: "n", key };
  try {
    if (asked.kind === "get") {
      const { revision, value } = await run<StorageRecord>(index, scope, { operation: "get", ...where });
      return { kind: "record", revision, value };
    }
    const condition = asked.ifRevision === undefined ? {} : { ifRevision: asked.ifRevision };
    if (asked.kind === "delete") {
      const { success } = await run<{ success: boolean }>(index, scope, {
        operation: "delete",
        ...where,
        ...condition,
      });
      return { kind: "deleted", success };
    }
    const { value } = asked;
    const { revision } = await run<StoragePutResult>(index, scope, {
      operation: "put",
      ...where,
      value,
      ...condition,
    });
    return { kind: "stored", revision };
  } catch (error) {
    const code = codeOf(error);
    if (code === "NOT_FOUND") return { kind: "missing" };
    if (code !== "REVISION_MISMATCH") throw error;
    const { details } = error as { details: { actual: number | null } };
    return { kind: "mismatch", actual: details.actual };
  }
}

describe("quotas on several connections", () => {
  test("takers in several processes never get more than the limit, and all of it", async () => {
    const key = { tenantId: newTenant(), registryId };
    await world.registry.quotas.setLimits({ scope: key, limits: { invocations: 137 } });
    const decisions = await times(400, (index) => at(index).quotas.take(key));
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(137);
    expect(await world.registry.quotas.limits(key)).toMatchObject({
      used: { invocations: 137, concurrent: 137 },
    });
  });

  test("no more calls run at once than have places, while calls come and go", async () => {
    const key = { tenantId: newTenant(), registryId };
    await world.registry.quotas.setLimits({ scope: key, limits: { concurrent: 5, cpuMs: 10_000 } });
    let [running, most, passed] = [0, 0, 0];
    await times(40, async (index) => {
      const { quotas } = at(index);
      while (passed < 200) {
        const decision = await quotas.take({ ...key, reserve: { cpuMs: 10 } });
        if (!decision.allowed) {
          expect(decision.limit).toBe("concurrent");
          continue;
        }
        running++;
        passed++;
        most = Math.max(most, running);
        running--;
        await quotas.release(decision.lease, { cpuMs: 3 });
      }
    });
    const { used } = await world.registry.quotas.limits(key);
    expect(most).toBeLessThanOrEqual(5);
    expect(used).toMatchObject({ concurrent: 0, invocations: passed, cpuMs: passed * 3 });
  });

  test("calls that end together in several processes are each counted once, and nobody waits in a circle", async () => {
    const tenantId = newTenant();
    const extensions = [randomUUID(), randomUUID(), randomUUID()];
    const buffered = await world.reopen({ executionLog: { mode: "buffered", maxDelayMs: 3 } });
    await times(120, async (index) => {
      const registry = index % 5 === 4 ? buffered : at(index);
      const extension = extensions[index % 3] ?? "";
      const decision = await registry.quotas.take({ tenantId, registryId: extension });
      const id = await registry.executionLog.started({
        tenantId,
        registryId: extension,
        versionId: null,
        requestId: `r${index}`,
        method: "GET",
        path: "/",
        userId: null,
      });
      const end = { tenantId, status: "ok", httpStatus: 200, durationMs: 1, error: null, cpuMs: 2 };
      const lease = decision.allowed ? decision.lease : null;
      await registry.executionLog.finished(id, { ...end, lease });
    });
    await buffered.executionLog.flush();
    const { items } = await world.registry.usage.read({ tenantId });
    expect(items.map(({ invocations, cpuMs }) => [invocations, cpuMs])).toEqual([
      [40, 80],
      [40, 80],
      [40, 80],
    ]);
    for (const extension of extensions) {
      const { used } = await world.registry.quotas.limits({ tenantId, registryId: extension });
      expect(used).toMatchObject({ invocations: 40, concurrent: 0, cpuMs: 80 });
    }
  });
});

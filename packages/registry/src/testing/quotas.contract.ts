import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { QuotaDecision } from "../quotas/decide.ts";
import type { QuotaLease } from "@alga-ext/protocol";
import type { QuotaLimits } from "../quotas/limits.ts";
import type { TakeRequest } from "../quotas/take.ts";
import { refusalOf } from "./kit/rejection.ts";
import { installNew, newTenant, type World } from "./kit/world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What limits per plan, tenant and extension promise, and the usage that is counted. */
export function quotasContract(world: () => World): void {
  describe("quotas", () => {
    const newKey = () => ({ tenantId: newTenant(), registryId: randomUUID() });
    const limit = (key: { tenantId: string }, limits: QuotaLimits) =>
      world().registry.quotas.setLimits({ scope: key, limits });
    const take = (request: TakeRequest) => world().registry.quotas.take(request);
    const codeOf = async (promise: Promise<unknown>) => (await refusalOf(promise)).code;
    const leasesOf = (decisions: readonly QuotaDecision[]): QuotaLease[] =>
      decisions.flatMap((decision) => (decision.allowed ? [decision.lease] : []));
    const takeMany = (count: number, request: TakeRequest) =>
      Promise.all(Array.from({ length: count }, () => take(request)));
    const used = async (key: { tenantId: string; registryId: string }) =>
      (await world().registry.quotas.limits(key)).used;

    test("the most specific scope that sets a limit wins, and null lifts it", async () => {
      const { quotas } = world().registry;
      const { tenantId, registryId } = newKey();
      const plan = `gold-${randomUUID().slice(0, 8)}`;
      const limits = async () => (await quotas.limits({ tenantId, registryId })).limits;
      expect(await limits()).toEqual({
        windowSeconds: 86_400,
        invocations: null,
        cpuMs: null,
        memoryMbMs: null,
        egressBytes: null,
        concurrent: null,
        storageBytes: 268_435_456,
        storageNamespaces: 32,
        storageKeysPerNamespace: 5120,
      });
      await quotas.setLimits({ scope: { plan }, limits: { invocations: 100, cpuMs: 5, concurrent: 9 } });
      expect((await limits()).invocations).toBeNull();
      await quotas.setPlan({ tenantId, plan });
      expect(await quotas.limits({ tenantId, registryId })).toMatchObject({
        plan,
        limits: { invocations: 100, cpuMs: 5 },
      });
      await quotas.setLimits({ scope: { tenantId }, limits: { invocations: 200, windowSeconds: 3600 } });
      expect(await limits()).toMatchObject({ invocations: 200, cpuMs: 5, windowSeconds: 3600 });
      await quotas.setLimits({ scope: { registryId }, limits: { invocations: 50, egressBytes: 1 } });
      expect(await limits()).toMatchObject({ invocations: 50, egressBytes: 1, cpuMs: 5 });
      const scope = { tenantId, registryId: registryId.toUpperCase() };
      await quotas.setLimits({ scope, limits: { invocations: null, storageBytes: 10 } });
      expect(await limits()).toMatchObject({
        invocations: null,
        egressBytes: 1,
        storageBytes: 10,
        concurrent: 9,
      });
      await quotas.setLimits({ scope, limits: {} });
      await quotas.setLimits({ scope: { registryId }, limits: {} });
      expect(await limits()).toMatchObject({ invocations: 200, egressBytes: null });
      await quotas.setPlan({ tenantId, plan: null });
      expect(await quotas.limits({ tenantId, registryId })).toMatchObject({
        plan: "default",
        limits: { invocations: 200, cpuMs: null },
      });
      const stranger = await quotas.limits({ tenantId: newTenant(), registryId });
      expect(stranger.limits.invocations).toBeNull();
    });

    test.each([
      [{ invocations: -1 }],
      [{ invocations: 1.5 }],
      [{ invocations: "7" }],
      [{ cpuMs: Number.NaN }],
      [{ windowSeconds: 59 }],
      [{ windowSeconds: null }],
      [{ windowSeconds: 2_678_401 }],
      [{ calls: 1 }],
      [[]],
      [null],
    ])("limits such as %j are refused", async (limits) => {
      const { quotas } = world().registry;
      const scope = { tenantId: newTenant() };
      expect(await codeOf(quotas.setLimits({ scope, limits: limits as QuotaLimits }))).toBe(
        "invalid_request",
      );
    });

    test("plans have names, extensions have ids", async () => {
      const { quotas } = world().registry;
      const [tenantId, limits] = [newTenant(), { invocations: 1 }];
      expect(await codeOf(quotas.setPlan({ tenantId, plan: "Gold plan" }))).toBe("invalid_request");
      expect(await codeOf(quotas.setLimits({ scope: { plan: "" }, limits }))).toBe("invalid_request");
      expect(await codeOf(quotas.setLimits({ scope: { registryId: "x" }, limits }))).toBe(
        "extension_not_found",
      );
      expect(await codeOf(quotas.take({ tenantId, registryId: "x" }))).toBe("extension_not_found");
      expect(await codeOf(quotas.limits({ tenantId, registryId: "x" }))).toBe("extension_not_found");
    });

    test("calls pass up to the limit of the window, however many ask at once", async () => {
      const { clock } = world();
      const key = newKey();
      await limit(key, { invocations: 25, windowSeconds: 3600 });
      const again = await world().reopen();
      const decisions = await Promise.all(
        Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? take(key) : again.quotas.take(key))),
      );
      expect(leasesOf(decisions)).toHaveLength(25);
      const resetsAt = (Math.floor(clock.now / HOUR) + 1) * HOUR;
      const refusal = {
        allowed: false,
        code: "quota_exceeded",
        limit: "invocations",
        value: 25,
        used: 25,
        resetsAt: new Date(resetsAt).toISOString(),
        retryAfterMs: resetsAt - clock.now,
      };
      expect(await take(key)).toEqual(refusal);
      expect(decisions).toContainEqual(refusal);
      expect((await take({ ...key, tenantId: newTenant() })).allowed).toBe(true);
      expect((await take({ ...key, registryId: randomUUID() })).allowed).toBe(true);
      clock.now = resetsAt;
      expect((await take(key)).allowed).toBe(true);
      expect(await used(key)).toMatchObject({ invocations: 1 });
    });

    test("a process whose clock is a little behind does not open the old window again", async () => {
      const { clock } = world();
      const key = newKey();
      await limit(key, { invocations: 2, windowSeconds: 3600 });
      clock.now = (Math.floor(clock.now / HOUR) + 1) * HOUR;
      await takeMany(2, key);
      const behind = await world().reopen({ clock: () => clock.now - 2000 });
      expect(await behind.quotas.take(key)).toMatchObject({ allowed: false, limit: "invocations", used: 2 });
      expect((await take(key)).allowed).toBe(false);
    });

    test("places are given back by release or by lapsing, once", async () => {
      const { clock, registry } = world();
      const key = newKey();
      await limit(key, { concurrent: 3 });
      const [first, second] = leasesOf(await takeMany(10, { ...key, leaseMs: 60_000 }));
      expect(await take(key)).toEqual({
        allowed: false,
        code: "quota_exceeded",
        limit: "concurrent",
        value: 3,
        used: 3,
        resetsAt: null,
        retryAfterMs: 1000,
      });
      if (first === undefined || second === undefined) throw new Error("three places were free");
      await registry.quotas.release(first);
      await registry.quotas.release(first);
      expect(await used(key)).toMatchObject({ concurrent: 2 });
      expect(leasesOf(await takeMany(5, key))).toHaveLength(1);
      clock.now += 60_000;
      expect(leasesOf(await takeMany(5, key))).toHaveLength(2);
      await registry.quotas.release(second);
      expect(await used(key)).toMatchObject({ concurrent: 3 });
    });

    test("what is measured afterwards is held exactly by reserving it", async () => {
      const { registry } = world();
      const key = newKey();
      await limit(key, { cpuMs: 1000, egressBytes: 10_000, memoryMbMs: 1_000_000 });
      const reserve = { cpuMs: 300, egressBytes: 1000 };
      const leases = leasesOf(await takeMany(8, { ...key, reserve }));
      expect(leases).toHaveLength(3);
      expect(await take({ ...key, reserve })).toMatchObject({ allowed: false, limit: "cpuMs", used: 900 });
      const [lease] = leases;
      if (lease === undefined) throw new Error("three fitted");
      await registry.quotas.release(lease, { cpuMs: 100, egressBytes: 1, memoryMbMs: 7 });
      await registry.quotas.release(lease, { cpuMs: 100 });
      expect(await used(key)).toMatchObject({ cpuMs: 700, egressBytes: 2001, memoryMbMs: 7 });
      expect((await take({ ...key, reserve })).allowed).toBe(true);
      expect((await take({ ...key, reserve })).allowed).toBe(false);
    });

    test("without reserving, what finished calls used refuses the next", async () => {
      const { registry } = world();
      const key = newKey();
      await limit(key, { egressBytes: 500 });
      const [one, two] = leasesOf(await takeMany(2, key));
      if (one === undefined || two === undefined) throw new Error("nothing was used yet");
      await registry.quotas.release(one, { egressBytes: 499 });
      expect((await take(key)).allowed).toBe(true);
      await registry.quotas.release(two, { egressBytes: 1 });
      expect(await take(key)).toMatchObject({ allowed: false, limit: "egressBytes", value: 500, used: 500 });
    });

    test("limits may change while calls run: less refuses at once, more lets through", async () => {
      const key = newKey();
      await limit(key, { invocations: 10, windowSeconds: 86_400 });
      await takeMany(4, key);
      await limit(key, { invocations: 2 });
      expect(await take(key)).toMatchObject({ allowed: false, value: 2, used: 4 });
      await limit(key, { invocations: 5 });
      expect((await takeMany(2, key)).map(({ allowed }) => allowed)).toEqual([true, false]);
      await limit(key, { invocations: 0 });
      expect((await take(key)).allowed).toBe(false);
    });

    test("a finished call is counted once, with its place, in its hour", async () => {
      const { registry, clock } = world();
      const { tenantId, registryId } = await installNew(world());
      clock.now = (Math.floor(clock.now / DAY) + 1) * DAY + 10_000;
      const at = new Date(clock.now - 10_000).toISOString();
      const [lease] = leasesOf([await take({ tenantId, registryId, reserve: { cpuMs: 50 } })]);
      const start = { tenantId, registryId, versionId: null, requestId: "r", method: "GET", path: "/" };
      const id = await registry.executionLog.started({ ...start, userId: null });
      expect(await used({ tenantId, registryId })).toMatchObject({ concurrent: 1, cpuMs: 50 });
      const end = {
        tenantId,
        status: "ok",
        httpStatus: 200,
        durationMs: 9,
        error: null,
        cpuMs: 7,
        memoryMbMs: 300,
        egressBytes: 11,
        hostCalls: 2,
        lease: lease ?? null,
      };
      await Promise.all([registry.executionLog.finished(id, end), registry.executionLog.finished(id, end)]);
      await registry.executionLog.finished(id, { ...end, cpuMs: 1000 });
      await registry.executionLog.finished(randomUUID(), end);
      expect(await used({ tenantId, registryId })).toMatchObject({
        concurrent: 0,
        cpuMs: 7,
        memoryMbMs: 300,
        egressBytes: 11,
        invocations: 1,
      });
      const window = {
        registryId,
        windowStart: at,
        invocations: 1,
        cpuMs: 7,
        memoryMbMs: 300,
        egressBytes: 11,
      };
      expect(await registry.usage.read({ tenantId })).toEqual({ items: [window], nextCursor: null });
      expect((await registry.usage.read({ tenantId: newTenant(), registryId })).items).toEqual([]);
      const { entries } = await registry.executionLog.list({ tenantId });
      expect(entries).toMatchObject([{ id, cpuMs: 7, memoryMbMs: 300, egressBytes: 11, hostCalls: 2 }]);
    });

    test("hours of usage are read by extension and time, newest first, page by page", async () => {
      const { usage } = world().registry;
      const tenantId = newTenant();
      const [a = "", b = ""] = [randomUUID(), randomUUID()].toSorted();
      const from = Date.parse("2026-03-01T00:00:00.000Z");
      const iso = (hours: number) => new Date(from + hours * HOUR).toISOString();
      for (const hours of [0, 1, 2, 2, 3]) {
        for (const registryId of [a, b]) {
          const at = new Date(from + hours * HOUR + 1234).toISOString();
          await usage.record({ tenantId, registryId, at, invocations: 1, egressBytes: 5 });
        }
      }
      const all: [string, string, number][] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof usage.read>> = await usage.read({
          tenantId,
          limit: 3,
          ...(cursor === null ? {} : { cursor }),
        });
        all.push(
          ...page.items.map(
            (row) => [row.windowStart, row.registryId, row.invocations] as [string, string, number],
          ),
        );
        cursor = page.nextCursor;
        await usage.record({ tenantId, registryId: a, at: iso(9), invocations: 1 });
      } while (cursor !== null);
      expect(all).toEqual([
        [iso(3), b, 1],
        [iso(3), a, 1],
        [iso(2), b, 2],
        [iso(2), a, 2],
        [iso(1), b, 1],
        [iso(1), a, 1],
        [iso(0), b, 1],
        [iso(0), a, 1],
      ]);
      const some = await usage.read({ tenantId, registryId: b, from: iso(1.5), to: iso(3) });
      expect(some.items.map((row) => row.windowStart)).toEqual([iso(2), iso(1)]);
      for (const query of [{ cursor: "x" }, { limit: 0 }, { limit: 101 }, { from: "yesterday" }]) {
        expect(await codeOf(usage.read({ tenantId, ...query }))).toBe("invalid_request");
      }
      const bad = usage.record({ tenantId, registryId: a, invocations: -1 });
      expect(await codeOf(bad)).toBe("invalid_request");
      expect(await codeOf(usage.record({ tenantId, registryId: "a" }))).toBe("extension_not_found");
    });

    test("storage has the limits of the plan", async () => {
      const { registry } = world();
      const { tenantId, registryId, installId } = await installNew(world());
      await registry.quotas.setLimits({
        scope: { tenantId, registryId },
        limits: { storageBytes: 100, storageNamespaces: 2, storageKeysPerNamespace: 3 },
      });
      const put = (namespace: string, key: string, value: string) =>
        registry.hostApi.storage({ tenantId, installId }, { operation: "put", namespace, key, value });
      for (const key of ["a", "b", "c"]) await put("n", key, "");
      expect(await refusalOf(put("n", "d", ""))).toEqual({
        code: "QUOTA_EXCEEDED",
        details: { limit: "keys per namespace", allowed: 3 },
      });
      await put("m", "a", "");
      expect(await refusalOf(put("o", "a", ""))).toMatchObject({
        details: { limit: "namespaces per install" },
      });
      expect(await refusalOf(put("m", "a", "x".repeat(90)))).toMatchObject({
        details: { limit: "total bytes" },
      });
      await registry.quotas.setLimits({ scope: { tenantId, registryId }, limits: {} });
      await put("o", "a", "x".repeat(900));
    });
  });
}

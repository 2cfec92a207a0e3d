import { randomUUID } from "node:crypto";
import type {
  EndpointInfo,
  JsonValue,
  ScheduleInfo,
  ScheduleInput,
  ScheduleMutationResult,
  SchedulerOperation,
  SchedulerResult,
} from "@alga-ext/protocol";
import { afterEach, describe, expect, test } from "vitest";
import { SCHEDULE_LIMITS } from "../schedules/limits.ts";
import { createReceiver, PASSING_FAILURE } from "./kit/receiver.ts";
import { refusalOf } from "./kit/rejection.ts";
import { installNew, newTenant, publishExtension, type ManifestInput, type World } from "./kit/world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const MANIFEST = {
  capabilities: ["cap:scheduler.manage", "cap:storage.kv"],
  api: {
    endpoints: [
      { method: "POST", path: "/sync", handler: "dist/main", schedulable: true },
      { method: "GET", path: "/sync", handler: "dist/main" },
      { method: "GET", path: "/report", handler: "dist/main" },
      { method: "POST", path: "/things/:id", handler: "dist/main" },
      { method: "DELETE", path: "/things", handler: "dist/main" },
    ],
  },
};

/** What schedules promise (contract §1.8.2 and §12). */
export function schedulesContract(world: () => World): void {
  const install = (changed: Readonly<Record<string, JsonValue>> = {}) =>
    installNew(world(), { ...MANIFEST, ...changed });
  type Installed = Awaited<ReturnType<typeof install>>;
  const call = <T extends SchedulerResult>(scope: Installed, operation: SchedulerOperation): Promise<T> =>
    world().registry.hostApi.scheduler(scope, operation) as Promise<T>;
  const create = (scope: Installed, input: Partial<ScheduleInput> = {}): Promise<ScheduleMutationResult> =>
    call(scope, { operation: "create", endpoint: "GET /report", cron: "*/5 * * * *", ...input });
  const created = async (scope: Installed, input: Partial<ScheduleInput> = {}): Promise<string> => {
    const result = await create(scope, input);
    if (!result.success || result.scheduleId === undefined) throw new Error(JSON.stringify(result));
    return result.scheduleId;
  };
  const get = async (scope: Installed, scheduleId: string): Promise<ScheduleInfo | null> => {
    const { schedule } = await call<{ schedule: ScheduleInfo | null }>(scope, {
      operation: "get",
      scheduleId,
    });
    return schedule;
  };
  const later = (ms: number): void => {
    world().clock.now += ms;
  };
  /** To one millisecond after a whole five minutes. */
  const toTick = (): number => {
    const { clock } = world();
    clock.now = (Math.floor(clock.now / (5 * MINUTE)) + 1) * 5 * MINUTE + 1;
    return clock.now - 1;
  };

  // Else all of them would fire in every later test.
  const forgetSchedules = async (): Promise<void> => {
    await world().database.admin("delete from tenant_extension_schedule");
  };

  describe("scheduler host API", () => {
    afterEach(forgetSchedules);

    test("create, list, get, update, delete", async () => {
      const scope = await install();
      const at = new Date(world().clock.now).toISOString();
      const result = await create(scope, {
        name: "Nightly",
        timezone: "Europe/Berlin",
        payload: { deep: [1] },
      });
      expect(result).toEqual({ success: true, scheduleId: expect.any(String) });
      const scheduleId = result.success ? (result.scheduleId ?? "") : "";
      const info: ScheduleInfo = {
        id: scheduleId,
        endpointPath: "/report",
        endpointMethod: "GET",
        name: "Nightly",
        cron: "*/5 * * * *",
        timezone: "Europe/Berlin",
        enabled: true,
        payload: { deep: [1] },
        lastRunAt: null,
        lastRunStatus: null,
        lastError: null,
        createdAt: at,
      };
      expect(await get(scope, scheduleId)).toEqual(info);
      expect(await call(scope, { operation: "list" })).toEqual({ schedules: [info] });
      const changed = await call(scope, {
        operation: "update",
        scheduleId,
        endpoint: "POST /sync",
        cron: " 0  3 * * * ",
        enabled: false,
      });
      expect(changed).toEqual({ success: true });
      expect(await get(scope, scheduleId)).toEqual({
        ...info,
        endpointPath: "/sync",
        endpointMethod: "POST",
        cron: "0 3 * * *",
        enabled: false,
      });
      expect(await call(scope, { operation: "delete", scheduleId })).toEqual({ success: true });
      expect(await get(scope, scheduleId)).toBeNull();
      expect(await call(scope, { operation: "delete", scheduleId })).toMatchObject({ success: false });
    });

    test("an update leaves what it does not name, and null clears", async () => {
      const scope = await install();
      const scheduleId = await created(scope, { name: "A", payload: [1], timezone: "Asia/Kolkata" });
      const update = (fields: object) => call(scope, { operation: "update", scheduleId, ...fields });
      await update({ cron: "0 4 * * *" });
      expect(await get(scope, scheduleId)).toMatchObject({
        name: "A",
        payload: [1],
        timezone: "Asia/Kolkata",
        cron: "0 4 * * *",
        enabled: true,
      });
      await update({ payload: "" });
      expect(await get(scope, scheduleId)).toMatchObject({ name: "A", payload: null });
      await update({ name: null, payload: { b: 1 } });
      expect(await get(scope, scheduleId)).toMatchObject({ name: null, payload: { b: 1 } });
      await update({ name: undefined, payload: null });
      expect(await get(scope, scheduleId)).toMatchObject({ name: null, payload: null });
    });

    test("endpoints say which of them a schedule may call", async () => {
      const scope = await install();
      const { endpoints } = await call<{ readonly endpoints: readonly EndpointInfo[] }>(scope, {
        operation: "getEndpoints",
      });
      expect(endpoints.map(({ method, path, schedulable }) => [method, path, schedulable])).toEqual([
        ["GET", "/report", true],
        ["GET", "/sync", true],
        ["POST", "/sync", true],
        ["DELETE", "/things", false],
        ["POST", "/things/:id", false],
      ]);
    });

    test.each([
      ["endpoint", { endpoint: "/sync" }],
      ["endpoint", { endpoint: "GET /nowhere" }],
      ["endpoint", { endpoint: "POST /things/:id" }],
      ["endpoint", { endpoint: "DELETE /things" }],
      ["endpoint", { endpoint: `/${"x".repeat(SCHEDULE_LIMITS.endpointLength)}` }],
      ["endpoint", { endpoint: 7 }],
      ["cron", { cron: "*/4 * * * *" }],
      ["cron", { cron: "0,3 * * * *" }],
      ["cron", { cron: "0-59/2 1-4 * * *" }],
      ["cron", { cron: "58,2 * * * *" }],
      ["cron", { cron: "@daily" }],
      ["cron", { cron: "0 0 * * * *" }],
      ["cron", { cron: "0 0 1 * 1" }],
      ["cron", { cron: "0 0 30 2 *" }],
      ["cron", { cron: `${"0,".repeat(64)}5 * * * *` }],
      ["timezone", { timezone: "Mars/Olympus" }],
      ["timezone", { timezone: "+02:00" }],
      ["enabled", { enabled: "yes" }],
      ["name", { name: "n".repeat(SCHEDULE_LIMITS.nameLength + 1) }],
      ["name", { name: "a\0" }],
      ["payload", { payload: 7 }],
      ["payload", { payload: "{}" }],
      ["payload", { payload: { p: "x".repeat(SCHEDULE_LIMITS.payloadLength) } }],
    ] as const)("refuses a wrong %s", async (field, wrong) => {
      const scope = await install();
      const scheduleId = await created(scope, { name: "Kept", payload: [1] });
      const before = await get(scope, scheduleId);
      const refused = {
        success: false,
        error: expect.any(String),
        fieldErrors: { [field]: expect.any(String) },
      };
      expect(await create(scope, wrong as Partial<ScheduleInput>)).toEqual(refused);
      expect(await call(scope, { operation: "update", scheduleId, ...(wrong as object) })).toEqual(refused);
      expect(await get(scope, scheduleId)).toEqual(before);
    });

    test("everything that is wrong is said at once, and what is missing too", async () => {
      const scope = await install();
      const result = await call(scope, { operation: "create", timezone: "x", name: "" } as never);
      expect(result).toMatchObject({
        success: false,
        fieldErrors: {
          cron: expect.any(String),
          endpoint: expect.any(String),
          timezone: expect.any(String),
          name: expect.any(String),
        },
      });
    });

    test("a name belongs to one schedule of an install", async () => {
      const scope = await install();
      await created(scope, { name: "A" });
      expect(await create(scope, { name: "A" })).toMatchObject({ fieldErrors: { name: expect.any(String) } });
      const other = await created(scope, { name: "B" });
      const renamed = await call(scope, { operation: "update", scheduleId: other, name: "A" });
      expect(renamed).toMatchObject({ fieldErrors: { name: expect.any(String) } });
      expect(await call(scope, { operation: "update", scheduleId: other, name: "B" })).toEqual({
        success: true,
      });
      await created(await install(), { name: "A" });
    });

    test("ten changes in a minute, shared by all processes, failed ones included", async () => {
      const scope = await install();
      const again = await world().reopen();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 14 }, (_, n) =>
          (n % 2 === 0 ? again : world().registry).hostApi.scheduler(scope, {
            operation: "create",
            endpoint: n < 4 ? "/nowhere" : "/report",
            cron: "0 3 * * *",
          }),
        ),
      );
      const refused = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
      expect(refused.map(({ code }: { code: string }) => code)).toEqual(Array(4).fill("RATE_LIMITED"));
      expect(await call(scope, { operation: "list" })).toHaveProperty("schedules");
      later(MINUTE - 1);
      expect((await refusalOf(create(scope))).code).toBe("RATE_LIMITED");
      later(1);
      await created(scope);
      await created(await install());
    });

    test("fifty schedules of an install and no more, whoever makes them", async () => {
      const scope = await install();
      const { tenantId, installId } = scope;
      const one = { tenantId, installId, endpoint: "/report", cron: "0 3 * * *" };
      const all = await Promise.allSettled(
        Array.from({ length: SCHEDULE_LIMITS.perInstall + 3 }, () => world().registry.schedules.create(one)),
      );
      expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(SCHEDULE_LIMITS.perInstall);
      expect(await create(scope)).toMatchObject({
        success: false,
        fieldErrors: { schedules: expect.any(String) },
      });
    });

    test("only an active install with the capability, and only its own schedules", async () => {
      const scope = await install();
      const scheduleId = await created(scope);
      const codeOf = async (of: { tenantId: string; installId: string }) => {
        const operations: SchedulerOperation[] = [
          { operation: "list" },
          { operation: "getEndpoints" },
          { operation: "get", scheduleId },
          { operation: "create", endpoint: "/report", cron: "0 3 * * *" },
          { operation: "delete", scheduleId },
        ];
        const codes = await Promise.all(
          operations.map(async (one) => (await refusalOf(world().registry.hostApi.scheduler(of, one))).code),
        );
        return [...new Set(codes)];
      };
      expect(await codeOf({ ...scope, installId: randomUUID() })).toEqual(["NOT_FOUND"]);
      expect(await codeOf({ ...scope, installId: "'; drop" })).toEqual(["NOT_FOUND"]);
      expect(await codeOf({ ...scope, tenantId: newTenant() })).toEqual(["NOT_FOUND"]);
      const stranger = await install();
      expect(await get(stranger, scheduleId)).toBeNull();
      expect(await call(stranger, { operation: "delete", scheduleId })).toMatchObject({ success: false });
      const grants = { capabilities: [], egress: [] };
      await world().registry.setGrants({ ...scope, grants, actor: "admin" });
      expect(await codeOf(scope)).toEqual(["NOT_ALLOWED"]);
      await world().registry.setEnabled({ ...scope, enabled: false });
      expect(await codeOf(scope)).toEqual(["UNAUTHORIZED"]);
      for (const wrong of [null, 7, { operation: "drop" }, { operation: "get", scheduleId: 7 }]) {
        const refused = world().registry.hostApi.scheduler(stranger, wrong as unknown as SchedulerOperation);
        expect((await refusalOf(refused)).code).toBe("VALIDATION_FAILED");
      }
    });
  });

  describe("schedules", () => {
    afterEach(forgetSchedules);

    const start = async (changed: Parameters<typeof install>[0] = {}) => {
      const scope = await install(changed);
      const receiver = createReceiver();
      const worker = world().registry.createDeliveryWorker({
        invoker: receiver.invoker,
        retry: { baseMs: 1_000, maxMs: 1_000 },
        random: () => 1,
      });
      return { scope, receiver, worker, drain: () => worker.drain(), schedules: world().registry.schedules };
    };

    test("a tick is one call with the payload, and its end is noted", async () => {
      const { scope, receiver, drain } = await start();
      const scheduleId = await created(scope, { endpoint: "POST /sync", payload: { full: true } });
      await drain();
      expect(receiver.accepted(scope.tenantId)).toEqual([]);
      const tick = toTick();
      await drain();
      await drain();
      expect(receiver.accepted(scope.tenantId)).toEqual([
        {
          kind: "schedule",
          tenantId: scope.tenantId,
          installId: scope.installId,
          registryId: scope.registryId,
          endpoint: { method: "POST", path: "/sync" },
          payload: { full: true },
          deliveryId: expect.any(String),
          attempt: 1,
          scheduleId,
          scheduledFor: new Date(tick).toISOString(),
        },
      ]);
      expect(await get(scope, scheduleId)).toMatchObject({
        lastRunAt: new Date(tick + 1).toISOString(),
        lastRunStatus: "success",
        lastError: null,
      });
      toTick();
      await drain();
      expect(receiver.accepted(scope.tenantId)).toHaveLength(2);
    });

    test("several workers at once fire a tick once", async () => {
      const { scope, receiver } = await start();
      for (let n = 0; n < 8; n += 1) await created(scope, { name: `s${n}` });
      const workers = Array.from({ length: 4 }, () =>
        world().registry.createDeliveryWorker({ invoker: receiver.invoker }),
      );
      for (let tick = 0; tick < 3; tick += 1) {
        toTick();
        await Promise.all(workers.map((worker) => worker.drain()));
      }
      const ticks = receiver
        .accepted(scope.tenantId)
        .map((one) => (one.kind === "schedule" ? `${one.scheduleId} ${one.scheduledFor}` : ""));
      expect(ticks).toHaveLength(24);
      expect(new Set(ticks).size).toBe(24);
    });

    test("a clock that is set back fires no tick twice, and stops nobody's schedules", async () => {
      const { scope, receiver, drain } = await start();
      const other = await install();
      const scheduleId = await created(scope);
      await created(other);
      const { clock, registry } = world();
      const tick = toTick();
      await drain();
      // As by an administrator at a machine whose clock is a little behind.
      clock.now = tick - 500;
      for (const enabled of [false, true]) {
        await registry.schedules.update({ tenantId: scope.tenantId, scheduleId, enabled });
      }
      clock.now = tick + 1;
      await drain();
      expect(receiver.accepted(scope.tenantId)).toHaveLength(1);
      clock.now = tick + 5 * MINUTE;
      await drain();
      expect(receiver.accepted(scope.tenantId)).toHaveLength(2);
      expect(receiver.accepted(other.tenantId)).toHaveLength(2);
    });

    test("a schedule that cannot be fired holds up nobody else's", async () => {
      const { scope, receiver, drain } = await start();
      const other = await install();
      const scheduleId = await created(scope);
      await created(other);
      const { admin } = world().database;
      await admin(`alter table tenant_extension_schedule
        add constraint poison check (id <> '${scheduleId}') not valid`);
      try {
        toTick();
        await drain();
      } finally {
        await admin("alter table tenant_extension_schedule drop constraint poison");
      }
      expect(receiver.accepted(scope.tenantId)).toEqual([]);
      expect(receiver.accepted(other.tenantId)).toHaveLength(1);
    });

    test("ticks that were missed become one run, and then it goes on", async () => {
      const { scope, receiver, drain } = await start();
      await created(scope);
      const first = toTick();
      later(3 * HOUR);
      await drain();
      expect(receiver.accepted(scope.tenantId)).toMatchObject([
        { scheduledFor: new Date(first).toISOString() },
      ]);
      const next = toTick();
      await drain();
      expect(receiver.accepted(scope.tenantId)).toHaveLength(2);
      expect(receiver.accepted(scope.tenantId)[1]).toMatchObject({
        scheduledFor: new Date(next).toISOString(),
      });
    });

    test("no run overlaps another", async () => {
      const { scope, receiver } = await start();
      await created(scope);
      const other = world().registry.createDeliveryWorker({ invoker: receiver.invoker });
      const slow = world().registry.createDeliveryWorker({ invoker: receiver.invoker, leaseMs: HOUR });
      const end = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      receiver.answer(async ({ tenantId }) => {
        if (tenantId !== scope.tenantId) return { ok: true };
        begun.resolve();
        await end.promise;
        return { ok: true };
      });
      toTick();
      const running = slow.drain();
      await begun.promise;
      toTick();
      await other.drain();
      expect(receiver.calls.filter(({ tenantId }) => tenantId === scope.tenantId)).toHaveLength(1);
      end.resolve();
      await running;
      toTick();
      await other.drain();
      expect(receiver.calls.filter(({ tenantId }) => tenantId === scope.tenantId)).toHaveLength(2);
    });

    test("a run that fails is repeated a little, noted, and left for the next tick", async () => {
      const { scope, receiver, drain } = await start();
      const scheduleId = await created(scope);
      receiver.answer(() => ({ ...PASSING_FAILURE, message: `\0${"x".repeat(9_000)}` }));
      toTick();
      for (let n = 0; n < 5; n += 1) {
        await drain();
        later(2_000);
      }
      const calls = receiver.calls.filter(({ tenantId }) => tenantId === scope.tenantId);
      expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      const failed = await get(scope, scheduleId);
      expect(failed).toMatchObject({ lastRunStatus: "error", enabled: true });
      expect(failed?.lastError).toHaveLength(SCHEDULE_LIMITS.lastErrorLength);
      const { items } = await world().registry.events.deadLetters({ tenantId: scope.tenantId });
      expect(items).toMatchObject([{ kind: "schedule", scheduleId, reason: "too_many_attempts" }]);
      receiver.answer(() => ({ ok: true }));
      toTick();
      await drain();
      expect(await get(scope, scheduleId)).toMatchObject({ lastRunStatus: "success", lastError: null });
    });

    test("an endpoint that is gone switches its schedule off", async () => {
      const { scope, receiver, drain } = await start();
      const scheduleId = await created(scope);
      receiver.answer(() => ({ ok: false, code: "endpoint_not_found", message: "gone", retryable: false }));
      toTick();
      await drain();
      expect(await get(scope, scheduleId)).toMatchObject({
        enabled: false,
        lastRunStatus: "error",
        lastError: expect.any(String),
      });
      toTick();
      await drain();
      expect(receiver.calls.filter(({ tenantId }) => tenantId === scope.tenantId)).toHaveLength(1);
    });

    test("an install that is switched off, and a schedule that is, fire nothing and catch nothing up", async () => {
      const { scope, receiver, drain } = await start();
      const scheduleId = await created(scope);
      const { registry } = world();
      await registry.setEnabled({ ...scope, enabled: false });
      toTick();
      await drain();
      await registry.setEnabled({ ...scope, enabled: true });
      await drain();
      expect(receiver.accepted(scope.tenantId)).toEqual([]);
      expect(await get(scope, scheduleId)).toMatchObject({ lastRunAt: null, lastRunStatus: null });
      await call(scope, { operation: "update", scheduleId, enabled: false });
      toTick();
      await drain();
      await call(scope, { operation: "update", scheduleId, enabled: true });
      await drain();
      expect(receiver.accepted(scope.tenantId)).toEqual([]);
      toTick();
      await drain();
      expect(receiver.accepted(scope.tenantId)).toHaveLength(1);
    });

    test("a run that is owed ends with its schedule", async () => {
      const { scope, receiver, drain, schedules } = await start();
      const deleted = await created(scope, { name: "deleted" });
      const stopped = await created(scope, { name: "stopped" });
      receiver.answer(() => PASSING_FAILURE);
      toTick();
      await drain();
      await call(scope, { operation: "delete", scheduleId: deleted });
      await call(scope, { operation: "update", scheduleId: stopped, enabled: false });
      later(MINUTE);
      await drain();
      const { items } = await world().registry.events.deliveries({ tenantId: scope.tenantId });
      expect(items.map(({ state, reason }) => `${state} ${reason}`).toSorted()).toEqual([
        "cancelled schedule_deleted",
        "cancelled schedule_disabled",
      ]);
      expect((await schedules.list({ tenantId: scope.tenantId })).items).toHaveLength(1);
    });

    test("an update carries schedules over by method and path, and refuses or switches off the rest", async () => {
      const { scope, receiver, drain } = await start();
      const kept = await created(scope, { endpoint: "POST /sync", name: "kept" });
      const lost = await created(scope, { endpoint: "GET /report", name: "lost" });
      const { registry } = world();
      const next = {
        ...scope.manifest,
        version: "2.0.0",
        api: { endpoints: [{ method: "POST", path: "/sync", handler: "dist/main" }] },
      };
      await publishExtension(world(), next);
      const ref = { tenantId: scope.tenantId, registryId: scope.registryId, actor: "admin" };
      const refused = await refusalOf(registry.update({ ...ref, version: "2.0.0" }));
      expect(refused.code).toBe("schedule_remap_failed");
      expect(refused.details["missing"]).toEqual([{ scheduleId: lost, method: "GET", path: "/report" }]);
      toTick();
      await drain();
      expect(receiver.accepted(scope.tenantId)).toHaveLength(2);
      await registry.update({ ...ref, version: "2.0.0", disableMissingSchedules: true });
      expect(await get(scope, lost)).toMatchObject({ enabled: false, lastError: expect.any(String) });
      toTick();
      await drain();
      expect(receiver.accepted(scope.tenantId)).toHaveLength(3);
      expect(receiver.accepted(scope.tenantId)[2]).toMatchObject({ scheduleId: kept });
      const again = await call(scope, { operation: "update", scheduleId: lost, enabled: true });
      expect(again).toMatchObject({ success: false, fieldErrors: { endpoint: expect.any(String) } });
      await registry.rollback({ ...ref, version: "1.0.0" });
      expect(await call(scope, { operation: "update", scheduleId: lost, enabled: true })).toEqual({
        success: true,
      });
      toTick();
      await drain();
      expect(receiver.accepted(scope.tenantId)).toHaveLength(5);
    });

    test("what a version declares is made when it is installed, and an administrator's changes stay", async () => {
      const declared = [
        {
          name: "Nightly",
          cron: "0 3 * * *",
          timezone: "Europe/Berlin",
          endpoint: "POST /sync",
          payload: { a: 1 },
        },
        { name: "Off", cron: "0,0 4 * * 0,7", endpoint: "POST /sync", enabled: false },
      ];
      const { scope, schedules } = await start({ schedules: declared });
      const { tenantId, registryId } = scope;
      const list = async (of = tenantId) =>
        (await schedules.list({ tenantId: of })).items.toSorted((a, b) =>
          String(a.name) < String(b.name) ? -1 : 1,
        );
      expect(await list()).toMatchObject([
        {
          name: "Nightly",
          timezone: "Europe/Berlin",
          payload: { a: 1 },
          enabled: true,
          endpointMethod: "POST",
        },
        { name: "Off", enabled: false, nextRunAt: null },
      ]);
      const [nightly] = await list();
      await schedules.update({ tenantId, scheduleId: nightly?.id ?? "", cron: "0 5 * * *" });
      const next: ManifestInput = {
        ...scope.manifest,
        version: "1.1.0",
        schedules: [...declared, { name: "New", cron: "0 6 * * *", endpoint: "POST /sync" }],
      };
      await publishExtension(world(), next);
      await world().registry.update({ tenantId, registryId, version: "1.1.0", actor: "admin" });
      expect((await list()).map(({ name, cron }) => [name, cron])).toEqual([
        ["New", "0 6 * * *"],
        ["Nightly", "0 5 * * *"],
        ["Off", "0,0 4 * * 0,7"],
      ]);
      const other = newTenant();
      const grants = { capabilities: [], egress: [] };
      await world().registry.install({
        tenantId: other,
        registryId,
        version: "1.1.0",
        grants,
        actor: "admin",
      });
      const items = await list(other);
      expect(items.map(({ enabled }) => enabled)).toEqual([false, false, false]);
      expect(items[0]?.lastError).not.toBeNull();
      await world().registry.uninstall({ tenantId, registryId });
      toTick();
    });

    test("an administrator lists in pages, changes, and runs by hand", async () => {
      const { scope, receiver, drain, schedules } = await start();
      const { tenantId, installId } = scope;
      const endpoints = await schedules.endpoints({ tenantId, installId });
      const endpointId = endpoints.find(({ path }) => path === "/report")?.id ?? "";
      const made = await schedules.create({
        tenantId,
        installId,
        endpointId,
        cron: "0 3 * * *",
        enabled: false,
      });
      expect(made).toMatchObject({ installId, registryId: scope.registryId, endpointId, nextRunAt: null });
      for (let n = 0; n < 4; n += 1) {
        await schedules.create({ tenantId, installId, endpointId, cron: "0 3 * * *", name: `n${n}` });
      }
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof schedules.list>> = await schedules.list({
          tenantId,
          installId,
          limit: 2,
          ...(cursor === null ? {} : { cursor }),
        });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(new Set(seen).size).toBe(5);
      expect(seen).toHaveLength(5);

      const { deliveryId } = await schedules.runNow({ tenantId, scheduleId: made.id });
      expect((await refusalOf(schedules.runNow({ tenantId, scheduleId: made.id }))).code).toBe(
        "schedule_running",
      );
      await drain();
      expect(receiver.accepted(tenantId)).toMatchObject([{ deliveryId, scheduledFor: null }]);
      expect(await schedules.get({ tenantId, scheduleId: made.id })).toMatchObject({
        lastRunStatus: "success",
        enabled: false,
      });
      for (let n = 0; n < 4; n += 1) {
        await schedules.runNow({ tenantId, scheduleId: made.id });
        await drain();
      }
      expect((await refusalOf(schedules.runNow({ tenantId, scheduleId: made.id }))).code).toBe(
        "rate_limited",
      );

      const wrong = schedules.create({ tenantId, installId, endpointId: randomUUID(), cron: "x" });
      const refused = await refusalOf(wrong);
      expect(refused.code).toBe("schedule_invalid");
      expect(Object.keys(refused.details["fieldErrors"] ?? {}).toSorted()).toEqual(["cron", "endpointId"]);
      const nobody = { tenantId, scheduleId: randomUUID() };
      expect((await refusalOf(schedules.get(nobody))).code).toBe("schedule_not_found");
      expect((await refusalOf(schedules.update({ ...nobody, enabled: true }))).code).toBe(
        "schedule_not_found",
      );
      expect((await refusalOf(schedules.delete(nobody))).code).toBe("schedule_not_found");
      const foreign = { tenantId: newTenant(), scheduleId: made.id };
      expect((await refusalOf(schedules.runNow(foreign))).code).toBe("schedule_not_found");
      const noInstall = { tenantId, installId: randomUUID() };
      expect((await refusalOf(schedules.endpoints(noInstall))).code).toBe("install_not_found");
      await schedules.delete({ tenantId, scheduleId: made.id });
      expect((await schedules.list({ tenantId })).items).toHaveLength(4);
    });
  });
}

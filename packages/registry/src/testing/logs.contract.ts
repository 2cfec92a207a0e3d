import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { AuditQuery } from "../audit/audit.ts";
import type { ExecutionQuery } from "../log/list-log.ts";
import { sweepLogs } from "../log/sweep-logs.ts";
import type { Registry } from "../registry.ts";
import { refusalOf, sqlStateOf } from "./kit/rejection.ts";
import { newTenant, type World } from "./kit/world.ts";

const DAY = 86_400_000;

/** What the execution log and the audit log promise. */
export function logsContract(world: () => World): void {
  const codeOf = async (promise: Promise<unknown>) => (await refusalOf(promise)).code;

  describe("execution log", () => {
    const start = (tenantId: string, registryId: string, requestId = "r") => ({
      tenantId,
      registryId,
      versionId: null,
      requestId,
      method: "GET",
      path: "/x",
      userId: null,
    });
    const ended = (tenantId: string, status = "ok") => ({
      tenantId,
      status,
      httpStatus: 200,
      durationMs: 1,
      error: null,
    });
    const walk = async (query: ExecutionQuery, between: () => Promise<unknown> = async () => null) => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Registry["executionLog"]["list"]>> =
          await world().registry.executionLog.list({ ...query, ...(cursor === null ? {} : { cursor }) });
        seen.push(...page.entries.map(({ requestId }) => requestId));
        cursor = page.nextCursor;
        await between();
      } while (cursor !== null);
      return seen;
    };

    test("pages lose nothing and repeat nothing, also within one millisecond and while rows are added", async () => {
      const { registry, clock } = world();
      const [tenantId, registryId] = [newTenant(), randomUUID()];
      const ids = Array.from({ length: 23 }, (_, index) => `r${index}`);
      for (const [index, id] of ids.entries()) {
        if (index % 5 === 0) clock.now++;
        await registry.executionLog.started(start(tenantId, registryId, id));
      }
      clock.now++;
      const seen = await walk({ tenantId, registryId, limit: 4 }, () =>
        registry.executionLog.started(start(tenantId, registryId, "late")),
      );
      expect(seen.toSorted()).toEqual(ids.toSorted());
      expect((await walk({ tenantId, limit: 100 })).filter((id) => id !== "late")).toEqual(seen);
    });

    test("rows are found by status, request, time and extension", async () => {
      const { registry, clock } = world();
      const [tenantId, one, two] = [newTenant(), randomUUID(), randomUUID()];
      const times: string[] = [];
      for (const [requestId, registryId, status] of [
        ["a", one, "ok"],
        ["b", one, "error"],
        ["c", two, "error"],
        ["d", two, null],
      ] as const) {
        times.push(new Date(clock.now).toISOString());
        const id = await registry.executionLog.started(start(tenantId, registryId, requestId));
        if (status !== null) await registry.executionLog.finished(id, ended(tenantId, status));
        clock.now += 1000;
      }
      const [, second = "", , fourth = ""] = times;
      expect(await walk({ tenantId })).toEqual(["d", "c", "b", "a"]);
      expect(await walk({ tenantId, registryId: one.toUpperCase() })).toEqual(["b", "a"]);
      expect(await walk({ tenantId, status: "error" })).toEqual(["c", "b"]);
      expect(await walk({ tenantId, status: "error", registryId: two, limit: 1 })).toEqual(["c"]);
      expect(await walk({ tenantId, status: "started" })).toEqual(["d"]);
      expect(await walk({ tenantId, requestId: "b" })).toEqual(["b"]);
      expect(await walk({ tenantId, from: second, to: fourth })).toEqual(["c", "b"]);
      expect(await walk({ tenantId, registryId: "no-id" })).toEqual([]);
      expect(await walk({ tenantId: newTenant(), registryId: one })).toEqual([]);
      for (const query of [{ cursor: "x" }, { limit: 0 }, { limit: 1.5 }, { from: "then" }, { to: "" }]) {
        expect(await codeOf(registry.executionLog.list({ tenantId, ...query }))).toBe("invalid_request");
      }
      const audits = await registry.audit.list({ tenantId });
      expect(audits.items).toEqual([]);
    });

    test("what the caller says is kept whole, and nothing in it breaks the batch it is written in", async () => {
      const { registry } = world();
      const [tenantId, registryId] = [newTenant(), randomUUID()];
      const odd = {
        ...start(tenantId, registryId, "odd\0\ud800"),
        path: "/\0'\"; drop table x; --\ud800",
        endpointTemplate: "/:id",
        principalKind: "client",
      };
      const [id] = await Promise.all([
        registry.executionLog.started(odd),
        registry.executionLog.started(start(tenantId, registryId, "plain")),
      ]);
      await registry.executionLog.finished(id, {
        ...ended(tenantId, "upstream_error"),
        error: "\0\ud800",
        cpuMs: Number.NaN,
        memoryMbMs: -5,
        egressBytes: 1.5,
        hostCalls: Number.POSITIVE_INFINITY,
        lines: [{ ts: "2026-01-01T00:00:00Z", level: "info", message: "\0\ud800 '" }],
      });
      const { entries } = await registry.executionLog.list({ tenantId, status: "upstream_error" });
      expect(entries).toMatchObject([
        {
          path: odd.path,
          endpointTemplate: "/:id",
          principalKind: "client",
          error: "\u{fffd}\u{fffd}",
          cpuMs: 0,
          memoryMbMs: 0,
          egressBytes: 2,
          hostCalls: 0,
          lines: [{ message: "\0\ud800 '" }],
        },
      ]);
      for (const bad of [{ registryId: "x" }, { versionId: "x" }, { tenantId: "" }]) {
        await expect(registry.executionLog.started({ ...odd, ...bad })).rejects.toThrow(TypeError);
      }
    });

    test("an id too long for an index is cut, and takes no other row with it", async () => {
      const { registry } = world();
      const [tenantId, registryId] = [newTenant(), randomUUID()];
      // Nothing that Postgres could compress.
      const long = Array.from({ length: 2048 }, (_, n) =>
        String.fromCharCode(0x4e00 + ((n * 7919) % 20_000)),
      ).join("");
      const ids = await Promise.all(
        ["first", long, "last"].map((requestId) =>
          registry.executionLog.started(start(tenantId, registryId, requestId)),
        ),
      );
      await Promise.all(
        ids.map((id) => registry.executionLog.finished(id, { ...ended(tenantId, "ok"), status: long })),
      );
      const { entries } = await registry.executionLog.list({ tenantId, requestId: long.slice(0, 255) });
      expect(entries).toHaveLength(1);
      expect((await registry.executionLog.list({ tenantId })).entries).toHaveLength(3);
    });

    test("buffered rows are written within their time, in one piece, counted once", async () => {
      const registry = await world().reopen({ executionLog: { mode: "buffered", maxDelayMs: 5 } });
      const strict = world().registry;
      const [tenantId, registryId] = [newTenant(), randomUUID()];
      expect([registry.executionLog.mode, strict.executionLog.mode]).toEqual(["buffered", "strict"]);
      const ids = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          registry.executionLog.started(start(tenantId, registryId, `r${index}`)),
        ),
      );
      for (const id of ids.slice(0, 30))
        await registry.executionLog.finished(id, { ...ended(tenantId), cpuMs: 2 });
      await expect
        .poll(async () => (await strict.executionLog.list({ tenantId, limit: 100 })).entries.length)
        .toBe(40);
      for (const id of ids)
        await registry.executionLog.finished(id, { ...ended(tenantId, "late"), cpuMs: 3 });
      await registry.executionLog.finished("no id", ended(tenantId));
      await registry.executionLog.flush();
      const { entries } = await strict.executionLog.list({ tenantId, limit: 100 });
      expect(entries.filter(({ status }) => status === "ok")).toHaveLength(30);
      expect(entries.filter(({ status }) => status === "late")).toHaveLength(10);
      const { items } = await strict.usage.read({ tenantId });
      expect(items).toMatchObject([{ invocations: 40, cpuMs: 30 * 2 + 10 * 3 }]);
      for (const options of [{ maxDelayMs: 0 }, { maxDelayMs: 101 }]) {
        const wrong = world().reopen({ executionLog: { mode: "buffered", ...options } });
        await expect(wrong).rejects.toThrow(TypeError);
      }
    });

    test("a full buffer refuses calls instead of losing rows", async () => {
      const [tenantId, registryId] = [newTenant(), randomUUID()];
      const registry = await world().reopen({
        executionLog: { mode: "buffered", maxDelayMs: 100, maxRows: 2 },
      });
      await registry.executionLog.started(start(tenantId, registryId, "a"));
      await registry.executionLog.started(start(tenantId, registryId, "b"));
      expect(await refusalOf(registry.executionLog.started(start(tenantId, registryId, "c")))).toEqual({
        code: "log_unavailable",
        details: { waiting: 2, maxRows: 2 },
      });
      await registry.executionLog.flush();
      await registry.executionLog.started(start(tenantId, registryId, "d"));
      await registry.executionLog.flush();
      expect((await walk({ tenantId })).toSorted()).toEqual(["a", "b", "d"]);
    });

    test("the sweep removes what is past its retention, of every tenant, and nothing else", async () => {
      const { registry, clock, db } = world();
      const [tenants, registryId] = [[newTenant(), newTenant()], randomUUID()];
      const day = (days: number) => new Date(clock.now - days * DAY).toISOString();
      for (const tenantId of tenants) {
        for (const [requestId, startedAt] of [
          ["old", day(31)],
          ["open", day(40)],
          ["kept", day(29)],
        ] as const) {
          const id = await registry.executionLog.started({
            ...start(tenantId, registryId, requestId),
            startedAt,
          });
          const finishedAt = startedAt;
          if (requestId !== "open")
            await registry.executionLog.finished(id, { ...ended(tenantId), finishedAt });
        }
        await registry.usage.record({ tenantId, registryId, at: day(401), invocations: 1 });
      }
      expect(await registry.maintenance.sweep({ dryRun: true })).toMatchObject({ logs: { executions: 0 } });
      const { logs } = await registry.maintenance.sweep();
      expect(logs.executions).toBeGreaterThanOrEqual(4);
      expect(logs.usageWindows).toBeGreaterThanOrEqual(2);
      for (const tenantId of tenants) {
        expect(await walk({ tenantId })).toEqual(["kept"]);
        // The hours stay, though the rows they were summed from are gone.
        expect((await registry.usage.read({ tenantId })).items.map((row) => row.invocations)).toEqual([1, 1]);
      }
      expect(await sweepLogs(db, { now: clock.now })).toEqual({
        executions: 0,
        usageWindows: 0,
        isDone: true,
      });
    });

    test("a tenant's own transaction deletes neither calls nor usage", async () => {
      const { registry, db } = world();
      const [tenantId, registryId] = [newTenant(), randomUUID()];
      const id = await registry.executionLog.started(start(tenantId, registryId));
      await registry.executionLog.finished(id, ended(tenantId));
      for (const table of ["extension_execution_log", "extension_quota_usage"]) {
        const { numAffectedRows } = await db.withTenant(tenantId, (tx) =>
          sql`delete from ${sql.table(table)}`.execute(tx),
        );
        expect(numAffectedRows).toBe(0n);
      }
      expect(await walk({ tenantId })).toEqual(["r"]);
    });
  });

  describe("audit log", () => {
    const list = async (query: AuditQuery) => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Registry["audit"]["list"]>> = await world().registry.audit.list({
          ...query,
          ...(cursor === null ? {} : { cursor }),
        });
        seen.push(...page.items.map(({ resourceName }) => resourceName ?? ""));
        cursor = page.nextCursor;
      } while (cursor !== null);
      return seen;
    };

    test("an entry says who did what from where, and keeps no secrets", async () => {
      const { registry, clock } = world();
      const tenantId = newTenant();
      const id = await registry.audit.append({
        tenantId,
        eventType: "install.created",
        actor: "u1",
        actorEmail: "u1@example.com",
        resourceType: "install",
        resourceId: "i1",
        resourceName: "Things\0",
        status: "denied",
        errorMessage: "no",
        details: {
          version: "1.0.0",
          apiKey: "k",
          nested: [{ password: { a: 1 }, secretNames: ["api_key"], note: "\0" }],
        },
        ipAddress: "192.0.2.1",
        userAgent: `agent ${"x".repeat(600)}`,
      });
      const { items } = await registry.audit.list({ tenantId });
      expect(items).toEqual([
        {
          id,
          at: new Date(clock.now).toISOString(),
          eventType: "install.created",
          actor: "u1",
          actorEmail: "u1@example.com",
          resourceType: "install",
          resourceId: "i1",
          resourceName: "Things\u{fffd}",
          status: "denied",
          errorMessage: "no",
          details: {
            version: "1.0.0",
            apiKey: "[hidden]",
            nested: [{ password: "[hidden]", secretNames: ["api_key"], note: "\0" }],
          },
          ipAddress: "192.0.2.1",
          userAgent: `agent ${"x".repeat(506)}`,
        },
      ]);
      await registry.audit.append({
        tenantId,
        eventType: "x".repeat(200),
        actor: null,
        details: { big: "x".repeat(20_000) },
      });
      const [system] = (await registry.audit.list({ tenantId, limit: 100 })).items.filter(
        ({ actor }) => actor === null,
      );
      expect(system).toMatchObject({ status: "success", details: { tooLarge: true, members: ["big"] } });
    });

    test("entries are found by event, actor, resource and time, page by page", async () => {
      const { registry, clock } = world();
      const tenantId = newTenant();
      const times: string[] = [];
      for (let index = 0; index < 9; index++) {
        times.push(new Date(clock.now).toISOString());
        await registry.audit.append({
          tenantId,
          eventType: index % 2 === 0 ? "a.b" : "c.d",
          actor: `u${index % 3}`,
          resourceId: `r${index % 4}`,
          resourceName: `n${index}`,
        });
        if (index % 2 === 1) clock.now += 1000;
      }
      const all = await list({ tenantId, limit: 2 });
      expect(all.toSorted()).toEqual(Array.from({ length: 9 }, (_, index) => `n${index}`));
      expect(await list({ tenantId, limit: 100 })).toEqual(all);
      expect((await list({ tenantId, eventType: "c.d", limit: 1 })).toSorted()).toEqual([
        "n1",
        "n3",
        "n5",
        "n7",
      ]);
      expect((await list({ tenantId, actor: "u2", limit: 1 })).toSorted()).toEqual(["n2", "n5", "n8"]);
      expect((await list({ tenantId, resourceId: "r1", limit: 1 })).toSorted()).toEqual(["n1", "n5"]);
      const [, , third = "", , fifth = ""] = times;
      expect((await list({ tenantId, from: third, to: fifth })).toSorted()).toEqual(["n2", "n3"]);
      expect(await list({ tenantId: newTenant() })).toEqual([]);
      const other = await registry.executionLog.list({ tenantId, limit: 1 });
      expect(other.entries).toEqual([]);
      for (const query of [{ cursor: "x" }, { limit: 0 }, { from: "then" }]) {
        expect(await codeOf(registry.audit.list({ tenantId, ...query }))).toBe("invalid_request");
      }
    });

    test("the application can only add", async () => {
      const { registry, db } = world();
      const tenantId = newTenant();
      await registry.audit.append({ tenantId, eventType: "a.b", actor: "u" });
      for (const statement of [
        sql`update extension_audit_logs set user_id = 'other'`,
        sql`delete from extension_audit_logs`,
        sql`truncate extension_audit_logs`,
      ]) {
        expect(await sqlStateOf(db.withTenant(tenantId, (tx) => statement.execute(tx)))).toBe("42501");
      }
    });
  });
}

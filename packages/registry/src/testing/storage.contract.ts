import { randomUUID } from "node:crypto";
import type { JsonSchema } from "@alga-ext/manifest";
import type {
  JsonValue,
  StorageListResult,
  StorageOperation,
  StoragePutResult,
  StorageRecord,
} from "@alga-ext/protocol";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { sweepStorage } from "../storage/sweep-storage.ts";
import { refusalOf } from "./kit/rejection.ts";
import { installNew, newTenant, type World } from "./kit/world.ts";

const HOUR = 3_600_000;

/** What the key-value store promises (contract §4.5). */
export function storageContract(world: () => World): void {
  describe("storage", () => {
    let registryId = "";
    let version = "";
    let scope = { tenantId: "", installId: "" };

    /** An install with nothing stored. */
    const newScope = async () => {
      const tenantId = newTenant();
      const { installId } = await world().registry.install({
        tenantId,
        registryId,
        version,
        grants: "declared",
        actor: "admin",
      });
      return { tenantId, installId };
    };
    const run = <T>(operation: StorageOperation, of = scope): Promise<T> =>
      world().registry.hostApi.storage(of, operation) as Promise<T>;
    const put = (key: string, value: JsonValue, more: object = {}, of = scope): Promise<StoragePutResult> =>
      run({ operation: "put", namespace: "n", key, value, ...more }, of);
    const get = (key: string, of = scope): Promise<StorageRecord> =>
      run({ operation: "get", namespace: "n", key }, of);
    const list = (more: object = {}, of = scope): Promise<StorageListResult> =>
      run({ operation: "list", namespace: "n", ...more }, of);
    const remove = (key: string, more: object = {}, of = scope): Promise<{ success: boolean }> =>
      run({ operation: "delete", namespace: "n", key, ...more }, of);
    const codeOf = async (promise: Promise<unknown>) => (await refusalOf(promise)).code;
    const usage = async (of = scope) => {
      const [row] = await world().database.admin(
        "select bytes_used::int as bytes, keys_count as keys, namespaces_count as namespaces from ext_storage_usage where tenant = $1",
        [of.tenantId],
      );
      return row;
    };
    const recount = async (of = scope) => {
      const [row] = await world().database.admin(
        `select coalesce(sum(value_size_bytes + metadata_size_bytes), 0)::int as bytes, count(*)::int as keys,
           count(distinct namespace)::int as namespaces from ext_storage_records where tenant = $1`,
        [of.tenantId],
      );
      return row;
    };

    beforeAll(async () => {
      ({ registryId, version } = await installNew(world()));
      scope = await newScope();
    });

    test("put answers with revision and times, get gives all back", async () => {
      const { now } = world().clock;
      const at = new Date(now).toISOString();
      const stored = await put("a", { deep: [1, "\u0000", "\ud800", null] }, { metadata: { m: true } });
      expect(stored).toEqual({
        namespace: "n",
        key: "a",
        revision: 1,
        ttlExpiresAt: null,
        createdAt: at,
        updatedAt: at,
      });
      world().clock.now = now + 1000;
      const again = await put("a", "two");
      const updatedAt = new Date(now + 1000).toISOString();
      expect(again).toEqual({ ...stored, revision: 2, updatedAt });
      expect(await get("a")).toEqual({ ...again, value: "two", metadata: {} });
    });

    test("any JSON comes back as it was put", async () => {
      const json = fc
        .jsonValue({ depthSize: "small" })
        .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
      const edges: JsonValue[] = [
        null,
        false,
        0,
        -0,
        "",
        [],
        {},
        1e300,
        5e-324,
        "\u0000",
        "\ud800",
        "\u{1f600}",
        [[[]]],
      ];
      for (const value of [
        ...edges.map((edge) => [edge] as [JsonValue]),
        ...fc.sample(json, 40).map((one) => [one]),
      ]) {
        await put("value", value);
        expect(JSON.stringify((await get("value")).value)).toBe(JSON.stringify(value));
      }
    });

    test("a missing record is NOT_FOUND, deleting it is no success", async () => {
      expect(await codeOf(get("none"))).toBe("NOT_FOUND");
      expect(await remove("none")).toEqual({ success: false });
      expect(await remove("none", { ifRevision: 3 })).toEqual({ success: false });
    });

    test("ifRevision writes and deletes only that revision", async () => {
      expect(await codeOf(put("cas", 1, { ifRevision: 1 }))).toBe("REVISION_MISMATCH");
      await put("cas", 1);
      expect((await put("cas", 2, { ifRevision: 1 })).revision).toBe(2);
      const refusal = await refusalOf(put("cas", 3, { ifRevision: 1 }));
      expect(refusal).toEqual({
        code: "REVISION_MISMATCH",
        details: { key: "cas", expected: 1, actual: 2 },
      });
      expect(await codeOf(remove("cas", { ifRevision: 1 }))).toBe("REVISION_MISMATCH");
      expect(await remove("cas", { ifRevision: 2 })).toEqual({ success: true });
      expect((await put("cas", 1)).revision).toBe(1);
    });

    test("concurrent compare-and-set loses no increment", async () => {
      const of = await newScope();
      await put("counter", 0, {}, of);
      const increment = async (): Promise<void> => {
        for (;;) {
          const { value, revision } = await get("counter", of);
          const done = await put("counter", Number(value) + 1, { ifRevision: revision }, of).then(
            () => true,
            (error: { code?: string }) => {
              if (error.code !== "REVISION_MISMATCH") throw error;
              return false;
            },
          );
          if (done) return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, increment));
      expect(await get("counter", of)).toMatchObject({ value: 20, revision: 21 });
    });

    test("a record expires, counts as missing and is given back to the quota", async () => {
      const of = await newScope();
      const { clock } = world();
      const stored = await put("short", "x", { ttlSeconds: 60 }, of);
      expect(stored.ttlExpiresAt).toBe(new Date(clock.now + 60_000).toISOString());
      await put("kept", "x", { ttlSeconds: 60 }, of);
      await put("kept", "y", {}, of);
      clock.now += HOUR;
      expect(await codeOf(get("short", of))).toBe("NOT_FOUND");
      expect((await list({}, of)).items.map(({ key }) => key)).toEqual(["kept"]);
      expect(await codeOf(put("short", 1, { ifRevision: 1 }, of))).toBe("REVISION_MISMATCH");
      expect(await remove("short", {}, of)).toEqual({ success: false });
      expect((await put("short", 1, {}, of)).revision).toBe(1);
      expect(await usage(of)).toEqual(await recount(of));
    });

    test.each([
      ["LIMIT_EXCEEDED", { ttlSeconds: 59 }],
      ["LIMIT_EXCEEDED", { ttlSeconds: 2_592_001 }],
      ["LIMIT_EXCEEDED", { value: "x".repeat(65_535) }],
      ["LIMIT_EXCEEDED", { metadata: { m: "x".repeat(4096) } }],
      ["VALIDATION_FAILED", { ttlSeconds: 60.5 }],
      ["VALIDATION_FAILED", { ifRevision: "1" }],
      ["VALIDATION_FAILED", { value: undefined }],
      ["VALIDATION_FAILED", { metadata: [] }],
      ["VALIDATION_FAILED", { schemaVersion: "1" }],
      ["VALIDATION_FAILED", { key: "a/b" }],
      ["VALIDATION_FAILED", { key: "" }],
      ["VALIDATION_FAILED", { key: "k".repeat(257) }],
      ["VALIDATION_FAILED", { key: "a\0" }],
      ["VALIDATION_FAILED", { key: "\ud800" }],
      ["VALIDATION_FAILED", { key: 7 }],
      ["VALIDATION_FAILED", { namespace: "" }],
      ["VALIDATION_FAILED", { namespace: "n".repeat(129) }],
      ["VALIDATION_FAILED", { operation: "drop" }],
    ])("put is refused with %s (%#)", async (code, changed) => {
      const operation = { operation: "put", namespace: "n", key: "k", value: 1, ...changed };
      expect(await codeOf(run(operation as unknown as StorageOperation))).toBe(code);
    });

    test("the largest of everything fits", async () => {
      const of = await newScope();
      const key = "\u{1f600}".repeat(128);
      const value = "x".repeat(65_534);
      await run(
        {
          operation: "put",
          namespace: "n".repeat(128),
          key,
          value,
          metadata: { m: "x".repeat(4088) },
          ttlSeconds: 2_592_000,
        },
        of,
      );
      expect(await run({ operation: "get", namespace: "n".repeat(128), key }, of)).toMatchObject({ value });
    });

    test("bulkPut is all or nothing", async () => {
      const of = await newScope();
      await put("b", 1, {}, of);
      const bulk = (items: unknown) =>
        run({ operation: "bulkPut", namespace: "n", items } as StorageOperation, of);
      expect(
        await bulk([
          { key: "a", value: 1, ttlSeconds: 60 },
          { key: "b", value: 2, ifRevision: 1 },
        ]),
      ).toEqual({
        namespace: "n",
        items: [
          { key: "a", revision: 1, ttlExpiresAt: new Date(world().clock.now + 60_000).toISOString() },
          { key: "b", revision: 2, ttlExpiresAt: null },
        ],
      });
      const mixed = [
        { key: "c", value: 1 },
        { key: "b", value: 3, ifRevision: 1 },
      ];
      expect(await codeOf(bulk(mixed))).toBe("REVISION_MISMATCH");
      expect((await list({}, of)).items.map(({ key, revision }) => [key, revision])).toEqual([
        ["a", 1],
        ["b", 2],
      ]);
      const many = (count: number, value: JsonValue = 1) =>
        Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value }));
      expect(await codeOf(bulk([]))).toBe("VALIDATION_FAILED");
      expect(await codeOf(bulk("x"))).toBe("VALIDATION_FAILED");
      expect(await codeOf(bulk([null]))).toBe("VALIDATION_FAILED");
      expect(await codeOf(bulk([...many(1), ...many(1)]))).toBe("VALIDATION_FAILED");
      expect(
        await codeOf(
          bulk([
            { key: "a", value: 1, schemaVersion: 1 },
            { key: "b", value: 1 },
          ]),
        ),
      ).toBe("VALIDATION_FAILED");
      expect(await codeOf(bulk(many(21)))).toBe("LIMIT_EXCEEDED");
      expect(await codeOf(bulk(many(9, "x".repeat(60_000))))).toBe("LIMIT_EXCEEDED");
      expect(await usage(of)).toEqual(await recount(of));
    });

    test("namespaces are counted right under concurrency", async () => {
      const of = await newScope();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 40 }, (_, index) =>
          run({ operation: "put", namespace: `n${index}`, key: "k", value: index }, of),
        ),
      );
      const refused = outcomes.filter((outcome) => outcome.status === "rejected");
      expect(refused).toHaveLength(8);
      for (const { reason } of refused) expect(reason).toMatchObject({ code: "QUOTA_EXCEEDED", status: 429 });
      expect(await usage(of)).toEqual(await recount(of));
      expect(await usage(of)).toMatchObject({ namespaces: 32, keys: 32 });
      const taken = outcomes.findIndex((outcome) => outcome.status === "fulfilled");
      await run({ operation: "delete", namespace: `n${taken}`, key: "k" }, of);
      await run({ operation: "put", namespace: "new", key: "k", value: 1 }, of);
    });

    test("keys per namespace and total bytes are limited; overwriting stays possible", async () => {
      const of = await newScope();
      const { admin } = world().database;
      await put("first", "x".repeat(100), {}, of);
      const pretend = (column: string, value: unknown) =>
        admin(`update ext_storage_usage set ${column} = $1 where tenant = $2`, [value, of.tenantId]);
      await pretend("namespace_keys", '{"n":5119}');
      await put("last", 1, {}, of);
      expect(await refusalOf(put("more", 1, {}, of))).toMatchObject({
        code: "QUOTA_EXCEEDED",
        details: { limit: "keys per namespace", allowed: 5120 },
      });
      await put("first", "y", {}, of);
      await pretend("bytes_used", 268_435_456);
      expect(await codeOf(put("first", "y".repeat(50), {}, of))).toBe("QUOTA_EXCEEDED");
      expect((await put("first", "", {}, of)).revision).toBe(3);
    });

    test("listing walks pages in byte order and filters by prefix", async () => {
      const of = await newScope();
      for (const key of ["b", "a_1", "a%2", "A", "é", "aB"])
        await put(key, key, { metadata: { k: key } }, of);
      const all = await list({}, of);
      expect(all.items.map(({ key }) => key)).toEqual(["A", "a%2", "aB", "a_1", "b", "é"]);
      expect(all.nextCursor).toBeNull();
      expect(all.items[0]).not.toHaveProperty("value");
      const full = await list({ includeValues: true, includeMetadata: true, keyPrefix: "a", limit: 2 }, of);
      expect(full.items.map(({ key, value, metadata }) => [key, value, metadata])).toEqual([
        ["a%2", "a%2", { k: "a%2" }],
        ["aB", "aB", { k: "aB" }],
      ]);
      expect(full.items[0]).toMatchObject({ tenantId: of.tenantId, extensionInstallId: of.installId });
      const { nextCursor: cursor } = full;
      expect(JSON.parse(Buffer.from(cursor ?? "", "base64url").toString())).toEqual({ key: "aB" });
      const rest = await list({ keyPrefix: "a", limit: 2, cursor }, of);
      expect(rest).toMatchObject({ items: [{ key: "a_1" }], nextCursor: null });
      expect((await list({ keyPrefix: "%" }, of)).items).toEqual([]);
      for (const bad of [
        { limit: 0 },
        { limit: 101 },
        { limit: 1.5 },
        { cursor: "!" },
        { cursor: "e30" },
        { includeValues: 1 },
      ]) {
        expect(await codeOf(list(bad, of))).toBe("VALIDATION_FAILED");
      }
    });

    test("any page size returns every key exactly once", async () => {
      const key = fc
        .string({ unit: "binary", minLength: 1, maxLength: 12 })
        .filter((text) => text.isWellFormed() && !/[/\0]/.test(text));
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(key, { maxLength: 45 }),
          fc.integer({ min: 1, max: 50 }),
          async (keys, limit) => {
            const of = await newScope();
            for (let from = 0; from < keys.length; from += 20) {
              const items = keys.slice(from, from + 20).map((name) => ({ key: name, value: 1 }));
              await run({ operation: "bulkPut", namespace: "n", items }, of);
            }
            const seen: string[] = [];
            let cursor: string | null = null;
            do {
              const page: StorageListResult = await list(
                { limit, ...(cursor === null ? {} : { cursor }) },
                of,
              );
              seen.push(...page.items.map((item) => item.key));
              cursor = page.nextCursor;
            } while (cursor !== null);
            const byBytes = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
            expect(seen).toEqual(byBytes);
          },
        ),
        { numRuns: 20 },
      );
    });

    test("any sequence of operations behaves like a map with revisions, and the quota row stays true", async () => {
      const step = fc.record({
        kind: fc.constantFrom("put", "delete", "wait"),
        key: fc.constantFrom("a", "b", "c"),
        size: fc.integer({ min: 0, max: 300 }),
        ttl: fc.constantFrom(undefined, 60, 120),
        revision: fc.constantFrom(undefined, 1, 2),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const of = await newScope();
          const { clock } = world();
          const model = new Map<string, { revision: number; value: string; expires: number }>();
          for (const { kind, key, size, ttl, revision } of steps) {
            if (kind === "wait") clock.now += 61_000;
            for (const [name, { expires }] of model) if (expires <= clock.now) model.delete(name);
            if (kind === "wait") continue;
            const old = model.get(key);
            const more = revision === undefined ? {} : { ifRevision: revision };
            if (kind === "delete") {
              if (old !== undefined && revision !== undefined && revision !== old.revision) {
                expect(await codeOf(remove(key, more, of))).toBe("REVISION_MISMATCH");
                continue;
              }
              expect(await remove(key, more, of)).toEqual({ success: old !== undefined });
              model.delete(key);
            } else if (revision !== undefined && revision !== old?.revision) {
              expect(await codeOf(put(key, "", more, of))).toBe("REVISION_MISMATCH");
            } else {
              const value = "v".repeat(size);
              const time = ttl === undefined ? {} : { ttlSeconds: ttl };
              const stored = await put(key, value, { ...more, ...time }, of);
              const expires = ttl === undefined ? Number.POSITIVE_INFINITY : clock.now + ttl * 1000;
              model.set(key, { revision: (old?.revision ?? 0) + 1, value, expires });
              expect(stored.revision).toBe(model.get(key)?.revision);
            }
          }
          const { items } = await list({ includeValues: true }, of);
          expect(items.map(({ key, revision, value }) => [key, revision, value])).toEqual(
            [...model]
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, { revision, value }]) => [key, revision, value]),
          );
          await remove("nothing", {}, of);
          expect(await usage(of)).toEqual(await recount(of));
        }),
        { numRuns: 15 },
      );
    });

    test("records that expired in masses count as missing at once and never stand in the way", async () => {
      const of = await newScope();
      const { clock, database, registry } = world();
      const { tenantId, installId } = of;
      await put("own", 1, {}, of);
      // More than one write clears away, in the namespace's every free place.
      await database.admin(
        `insert into ext_storage_records select $1, $2, 'n', 'k' || i, 7, '1', '{}', 1, 2, $3, $3, $3
          from generate_series(1, 700) i`,
        [tenantId, installId, new Date(clock.now + 60_000)],
      );
      await database.admin(
        `update ext_storage_usage set namespace_keys = '{"n":701}', bytes_used = bytes_used + 2100 where tenant = $1`,
        [tenantId],
      );
      const limits = { storageKeysPerNamespace: 701 };
      await registry.quotas.setLimits({ scope: { tenantId }, limits });
      expect(await codeOf(put("new", 1, {}, of))).toBe("QUOTA_EXCEEDED");
      clock.now += 60_000;
      for (const key of ["k1", "k699"]) {
        expect(await codeOf(get(key, of))).toBe("NOT_FOUND");
        expect(await codeOf(put(key, 1, { ifRevision: 7 }, of))).toBe("REVISION_MISMATCH");
      }
      expect((await list({}, of)).items.map(({ key }) => key)).toEqual(["own"]);
      expect(await remove("k700", { ifRevision: 1 }, of)).toEqual({ success: false });
      const at = new Date(clock.now).toISOString();
      expect(await put("k350", 1, {}, of)).toMatchObject({ revision: 1, createdAt: at });
      await put("new", 1, {}, of);
      await registry.quotas.setLimits({ scope: { tenantId }, limits: { storageKeysPerNamespace: 3 } });
      expect(await codeOf(put("more", 1, {}, of))).toBe("QUOTA_EXCEEDED");
      expect(await usage(of)).toEqual(await recount(of));
    });

    test("the sweep clears up after installs that nobody writes to any more", async () => {
      const of = await newScope();
      const { clock, db } = world();
      for (const key of ["a", "b"]) await put(key, 1, { ttlSeconds: 60 }, of);
      await put("kept", 1, {}, of);
      clock.now += HOUR;
      expect(await recount(of)).toMatchObject({ keys: 3 });
      const swept = await sweepStorage(db, { now: clock.now });
      expect(swept.records).toBeGreaterThanOrEqual(2);
      expect(swept.isDone).toBe(true);
      expect(await recount(of)).toMatchObject({ keys: 1 });
      expect(await usage(of)).toEqual(await recount(of));
      expect(await sweepStorage(db, { now: clock.now })).toEqual({ records: 0, isDone: true });
    });

    test("a namespace with a schema takes only what fits it, whole", async () => {
      const of = await newScope();
      const { storageSchemas } = world().registry;
      const document: JsonSchema = { type: "array", items: { type: "integer" }, maxItems: 3 };
      const schema = { ...of, namespace: "n", actor: "admin" };
      await storageSchemas.set({ ...schema, schemaVersion: 1, status: "draft", document });
      await put("k", "anything goes", {}, of);
      await storageSchemas.set({ ...schema, schemaVersion: 1, status: "active", document });
      await put("k", [1, 2, 3], {}, of);
      expect(await refusalOf(put("k", [1, "x"], {}, of))).toEqual({
        code: "VALIDATION_FAILED",
        details: {
          field: "value",
          key: "k",
          schemaVersion: 1,
          problems: [{ code: "wrong_type", pointer: "/1", message: expect.any(String) }],
        },
      });
      expect(await codeOf(put("k", 1, {}, of))).toBe("VALIDATION_FAILED");
      const items = [
        { key: "a", value: [1] },
        { key: "b", value: [1, 2, 3, 4] },
      ];
      expect(await codeOf(run({ operation: "bulkPut", namespace: "n", items }, of))).toBe(
        "VALIDATION_FAILED",
      );
      expect((await list({}, of)).items.map(({ key }) => key)).toEqual(["k"]);
      await run({ operation: "put", namespace: "other", key: "k", value: "free" }, of);

      await storageSchemas.set({
        ...schema,
        schemaVersion: 2,
        status: "active",
        document: { type: "string" },
      });
      await put("k", "text", {}, of);
      await put("k", [1], { schemaVersion: 1 }, of);
      expect(await codeOf(put("k", [1], { schemaVersion: 2 }, of))).toBe("VALIDATION_FAILED");
      expect(await codeOf(put("k", [1], { schemaVersion: 3 }, of))).toBe("VALIDATION_FAILED");
      expect((await storageSchemas.list(of)).map((one) => [one.schemaVersion, one.status])).toEqual([
        [1, "deprecated"],
        [2, "active"],
      ]);
      expect(await storageSchemas.list({ ...of, namespace: "other" })).toEqual([]);
      expect(await storageSchemas.list({ ...of, tenantId: newTenant() })).toEqual([]);
      expect(await storageSchemas.list({ ...of, installId: "x" })).toEqual([]);
    });

    test.each([
      ["invalid_request", { namespace: "" }],
      ["invalid_request", { namespace: "a\0" }],
      ["invalid_request", { namespace: "n".repeat(129) }],
      ["invalid_request", { schemaVersion: 0 }],
      ["invalid_request", { schemaVersion: 1.5 }],
      ["invalid_request", { schemaVersion: 2_147_483_648 }],
      ["invalid_request", { status: "new" }],
      ["invalid_request", { document: [] }],
      ["invalid_request", { document: "x" }],
      ["invalid_request", { document: { $ref: "#/$defs/none" } }],
      ["invalid_request", { document: { description: "x".repeat(65_536) } }],
      ["install_not_found", { installId: "x" }],
      ["install_not_found", { installId: randomUUID() }],
      ["install_not_found", { tenantId: newTenant() }],
    ])("a schema is refused with %s (%#)", async (code, changed) => {
      const schema = {
        ...scope,
        namespace: "n",
        schemaVersion: 1,
        status: "active",
        document: true,
        actor: "a",
      };
      const request = { ...schema, ...changed } as Parameters<World["registry"]["storageSchemas"]["set"]>[0];
      expect(await codeOf(world().registry.storageSchemas.set(request))).toBe(code);
    });

    test("only an active install with the capability has storage, whatever the runner says", async () => {
      const { registry } = world();
      const of = await newScope();
      await put("k", 1, {}, of);
      const key = { tenantId: of.tenantId, registryId };
      await registry.setGrants({ ...key, grants: { capabilities: ["cap:http.fetch"], egress: [] } });
      expect(await codeOf(get("k", of))).toBe("NAMESPACE_DENIED");
      expect(await codeOf(put("k", 2, {}, of))).toBe("NAMESPACE_DENIED");
      await registry.setGrants({ ...key, grants: { capabilities: ["cap:storage.kv"], egress: [] } });
      await registry.setEnabled({ ...key, enabled: false });
      expect(await codeOf(get("k", of))).toBe("UNAUTHORIZED");
      await registry.setEnabled({ ...key, enabled: true });
      expect((await get("k", of)).value).toBe(1);
      for (const installId of [randomUUID(), "no-uuid", scope.installId]) {
        expect(await codeOf(get("k", { ...of, installId }))).toBe("NOT_FOUND");
      }
      expect(await codeOf(get("k", { ...of, tenantId: newTenant() }))).toBe("NOT_FOUND");
    });
  });
}

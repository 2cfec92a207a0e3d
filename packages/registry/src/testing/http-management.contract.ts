import { createHash, randomUUID } from "node:crypto";
import { generateSigningKey } from "@alga-ext/bundle/node";
import { beforeAll, describe, expect, test } from "vitest";
import { ROUTES } from "../http/route-table.ts";
import type { Registry } from "../registry.ts";
import { ANSWERED, createHttpClient, type Answer } from "./kit/http-client.ts";
import { createReceiver } from "./kit/receiver.ts";
import { newManifest, packExtension, signArchive, type World } from "./kit/world.ts";

const API = {
  endpoints: [
    { method: "GET", path: "/things/:id", handler: "dist/main" },
    { method: "POST", path: "/on-ticket", handler: "dist/main" },
    { method: "GET", path: "/report", handler: "dist/main", schedulable: true },
  ],
};
const MANIFEST = {
  capabilities: ["cap:storage.kv", "cap:scheduler.manage"],
  egress: [],
  api: API,
  events: [{ topic: "ticket.created", endpoint: "POST /on-ticket" }],
  settings: {
    type: "object",
    properties: { region: { type: "string", maxLength: 8 }, api_key: { type: "string", secret: true } },
  },
};

/** What the management API promises. */
export function httpManagementContract(world: () => World): void {
  describe("http management", () => {
    let registry: Registry;
    let archive: Uint8Array = new Uint8Array();
    let registryId = "";
    let slug = "";
    const client = createHttpClient(() => registry);
    const { people, json } = client;
    const get = (path: string, as = "admin") => client.send(path, { as });
    const at = (path: string) => `/api/extensions/${registryId}/${path}`;
    const put = (path: string, body: unknown, as = "admin") => json(path, body, as, "PUT");
    const post = (path: string, body: unknown, as = "admin") => json(path, body, as);
    const remove = (path: string, as = "admin") => client.send(path, { as, method: "DELETE" });
    const codeOf = ({ status, body }: Answer) => [status, body["code"] ?? body["error"]];
    const owner = () => people["owner"] ?? world().publisher;
    const tenantId = () => owner().tenantId;
    const publish = async (version: string, changed: object = {}) => {
      const [publisher = "", name = ""] = slug.split(".");
      const identity = slug === "" ? {} : { publisher, name };
      const manifest = newManifest({ ...MANIFEST, ...identity, version, ...changed });
      const packed = await packExtension(manifest, { imports: ["storage"] });
      const signatures = await signArchive(packed.archive, world().signer);
      const result = await registry.publish({ archive: packed.archive, signatures, principal: owner() });
      return { manifest, archive: packed.archive, id: result.extension.id };
    };

    beforeAll(async () => {
      const key = await generateSigningKey();
      registry = await world().reopen({ headSigningKey: key.privateKeyPem });
      const first = await publish("1.0.0");
      [archive, registryId, slug] = [
        first.archive,
        first.id,
        `${first.manifest.publisher}.${first.manifest.name}`,
      ];
      await publish("1.1.0", { capabilities: [...MANIFEST.capabilities, "cap:secrets.get"] });
      const install = { version: "1.0.0", grants: "declared" };
      expect((await post(at("install"), install)).status).toBe(201);
    });

    test("times and cursors that no database can hold are refused", async () => {
      const id = randomUUID();
      const cursor = (list: string, key: string) =>
        `cursor=${Buffer.from(JSON.stringify([list, key])).toString("base64url")}`;
      const times = ["0000-01-01T00:00:00Z", "+275760-09-13T00:00:00.000Z", "-200000-01-01T00:00:00.000Z"];
      const queries = [
        ...times.map((time) => `calls?from=${encodeURIComponent(time)}`),
        ...times.map((time) => `audit?${cursor("audit", `${time} ${id}`)}`),
        ...times.map((time) => `schedules?${cursor("schedules", `${time} ${id}`)}`),
        `deliveries?${cursor("deliveries", "9999999999999999999")}`,
      ];
      for (const query of queries) {
        expect(codeOf(await get(`/api/extensions/${query}`, "owner"))).toEqual([400, "invalid_request"]);
      }
    });

    test("what is published can be listed, read and fetched", async () => {
      const listed = await get(`/api/extensions/releases?search=${slug.slice(0, 8)}&limit=100`);
      expect(listed.body["items"]).toContainEqual(expect.objectContaining({ registryId, latest: "1.1.0" }));
      const { body: page } = await get(`/api/extensions/${slug}`);
      expect(page).toMatchObject({
        extension: { registryId, slug },
        versions: { items: [{ version: "1.1.0" }, { version: "1.0.0" }] },
        install: { version: "1.0.0", pendingConsent: [] },
        history: [{ cause: "install" }],
        quota: { limits: { invocations: null } },
      });
      const { body: versions } = await get(`/api/extensions/${slug}/versions?limit=1`);
      expect(versions).toMatchObject({ items: [{ version: "1.1.0" }], nextCursor: expect.any(String) });
      const next = await get(
        `/api/extensions/${slug}/versions?limit=1&cursor=${String(versions["nextCursor"])}`,
      );
      expect(next.body).toMatchObject({ items: [{ version: "1.0.0" }], nextCursor: null });
      expect((await get(at("versions/1.0.0/manifest"))).body).toMatchObject({ version: "1.0.0" });
      expect((await get(at("versions/1.0.0/signatures"))).body).toMatchObject({ sizeBytes: archive.length });
      expect((await get(at("versions/1.0.0/proof"))).body).toMatchObject({ entry: { version: "1.0.0" } });
      expect((await get("/api/extensions/head")).body).toMatchObject({ head: expect.any(String) });
      expect((await get("/api/extensions/head?chain=tenant")).status).toBe(200);
      const check = "/api/extensions/release-log/verification";
      expect((await get(check)).body).toMatchObject({ brokenAt: null });
      const own = `${check}?chain=tenant&seq=1&hash=${"0".repeat(64)}`;
      expect((await get(own)).body).toMatchObject({ brokenAt: 1, problem: "forked" });
      expect((await get(`${check}?seq=1`)).status).toBe(400);
    });

    test("an archive comes whole, cacheable and conditional", async () => {
      const path = at("versions/1.0.0/bundle");
      const ask = ({
        headers = {},
        method = "GET",
      }: { headers?: Record<string, string>; method?: string } = {}) =>
        client.handle(
          new Request(`http://localhost${path}`, { method, headers: { "x-test-user": "admin", ...headers } }),
        );
      expect((await get(path)).headers.get("cache-control")).toContain("immutable");
      const response = await ask();
      const bytes = new Uint8Array((await response?.arrayBuffer()) ?? new ArrayBuffer());
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(
        createHash("sha256").update(archive).digest("hex"),
      );
      expect(response?.headers.get("content-length")).toBe(`${archive.length}`);
      const etag = response?.headers.get("etag") ?? "";
      expect((await ask({ headers: { "if-none-match": etag } }))?.status).toBe(304);
      const head = await ask({ method: "HEAD" });
      expect(head?.status).toBe(200);
      expect(await head?.text()).toBe("");
      expect((await get(path, "member")).status).toBe(403);
      expect(codeOf(await get(at("versions/9.9.9/bundle")))).toEqual([404, "version_not_found"]);
    });

    test("publishers say what they offer; others may not", async () => {
      const offer = (what: string, body: object, as = "owner") => put(at(what), body, as);
      const deprecated = await offer("versions/1.0.0/deprecated", { reason: "Use 1.1." });
      expect(deprecated.body).toMatchObject({ version: { status: "deprecated", reason: "Use 1.1." } });
      expect((await offer("versions/1.0.0/deprecated", { reason: null })).body).toMatchObject({
        version: { status: "published" },
      });
      expect((await offer("versions/1.0.0/yanked", { reason: "Broken." })).body).toMatchObject({
        version: { status: "yanked" },
      });
      expect((await offer("versions/1.0.0/yanked", { reason: null })).status).toBe(200);
      expect((await offer("channels/stable", { version: "1.0.0" })).body["channels"]).toContainEqual(
        expect.objectContaining({ name: "stable", version: "1.0.0", pinned: true }),
      );
      expect((await offer("channels/stable", { version: null })).status).toBe(200);
      expect((await offer("channels/NOPE", { version: null })).status).toBe(400);
      expect(codeOf(await offer("versions/1.0.0/yanked", { reason: "x" }, "rival"))).toEqual([
        403,
        "publisher_not_owned",
      ]);
      expect((await offer("versions/1.0.0/yanked", { reason: "x" }, "admin")).status).toBe(403);
    });

    test("an install is updated, rolled back, pinned, stopped, removed and restored", async () => {
      const changed = async (answer: Promise<Answer>) => {
        const { status, body } = await answer;
        expect(status).toBeLessThan(300);
        return body["install"];
      };
      expect(await changed(post(at("update"), { version: "1.1.0" }))).toMatchObject({
        version: "1.1.0",
        askedByUpdate: [{ name: "cap:secrets.get" }],
      });
      const grants = { capabilities: ["cap:storage.kv", "cap:scheduler.manage"], egress: [] };
      expect(await changed(put(at("grants"), grants))).toMatchObject({ askedByUpdate: [] });
      expect(await changed(post(at("rollback"), {}))).toMatchObject({ version: "1.0.0" });
      const { body } = await get(at("history?limit=2"));
      expect(body["history"]).toMatchObject([{ cause: "rollback" }, { cause: "update" }]);
      expect(await changed(put(at("pinned"), { pinned: true }))).toMatchObject({ pinned: true });
      expect(codeOf(await post(at("update"), {}))).toEqual([409, "install_pinned"]);
      expect(await changed(put(at("pinned"), { pinned: false }))).toMatchObject({ pinned: false });
      expect(await changed(post(at("enabled"), { enabled: false }))).toMatchObject({ enabled: false });
      expect(await changed(post(at("enabled"), { enabled: true }))).toMatchObject({ enabled: true });
      expect((await remove(at("install"))).status).toBe(204);
      expect(codeOf(await remove(at("install")))[0]).toBe(404);
      const again = { version: "1.0.0", grants, restore: true };
      expect(await changed(post(at("install"), again))).toMatchObject({ version: "1.0.0", enabled: true });
      expect((await post(at("install"), { version: "1.0.0" })).status).toBe(400);
      const { body: catalog } = await get(`/api/extensions/catalog?limit=1&search=${slug.slice(0, 8)}`);
      expect(catalog).toMatchObject({ extensions: [{ install: { version: "1.0.0" } }] });
    });

    test("settings and secrets are set and judged, and secrets are never answered", async () => {
      const patch = (values: object) => json(at("settings"), { values }, "admin", "PATCH");
      const secret = "very secret indeed";
      expect((await patch({ region: "eu", api_key: secret })).body).toMatchObject({
        values: { region: "eu" },
        secretNames: ["api_key"],
        problems: [],
      });
      const refused = await patch({ region: "far too long" });
      expect(refused).toMatchObject({
        status: 400,
        body: { code: "invalid_settings", details: { problems: [{ pointer: "/region" }] } },
      });
      const read = await get(at("settings"));
      expect(read.body).toMatchObject({ config: { region: "eu" }, schema: { properties: { region: {} } } });
      const names = await get(at("secrets"));
      expect(names.body).toMatchObject({ secrets: [{ name: "api_key" }] });
      const set = await put(at("secrets"), { api_key: null, other: secret });
      expect(set.body).toMatchObject({ install: { secretNames: ["other"] } });
      expect((await post("/api/extensions/data-key/rotation", {})).body).toMatchObject({ reencrypted: 1 });
      expect(JSON.stringify([read, names, set].map(({ body }) => body))).not.toContain(secret);
      expect((await get(at("settings"), "member")).status).toBe(403);
    });

    test("schedules as of old: endpoints, create, change, run, delete", async () => {
      const { body } = await get(at("endpoints"));
      const [endpoint] = body["endpoints"] as { id: string; path: string }[];
      const input = { endpointId: endpoint?.id ?? "", cron: "*/30 * * * *", payloadJson: '{"a":1}' };
      const made = await post(at("schedules"), input);
      expect(made).toMatchObject({ status: 201, body: { success: true, scheduleId: expect.any(String) } });
      const one = at(`schedules/${String(made.body["scheduleId"])}`);
      expect((await get(one)).body).toMatchObject({ schedule: { payload: { a: 1 }, cron: "*/30 * * * *" } });
      expect((await json(one, { name: "Half-hourly", payloadJson: "" }, "admin", "PATCH")).status).toBe(200);
      expect((await get(at("schedules"))).body).toMatchObject({
        schedules: [{ name: "Half-hourly", payload: null }],
      });
      expect((await get("/api/extensions/schedules")).body).toMatchObject({
        items: [{ name: "Half-hourly" }],
      });
      expect((await post(`${one}/run-now`, {})).body).toMatchObject({ deliveryId: expect.any(String) });
      for (const [wrong, field] of [
        [{ ...input, cron: "* * * * *" }, "cron"],
        [{ ...input, payloadJson: "{" }, "payloadJson"],
      ] as const) {
        expect(await post(at("schedules"), wrong)).toMatchObject({
          status: 400,
          body: { success: false, fieldErrors: { [field]: expect.any(String) } },
        });
      }
      expect(codeOf(await get(one, "stranger"))).toEqual(
        codeOf(await get(at(`schedules/${randomUUID()}`), "stranger")),
      );
      expect((await remove(one)).body).toMatchObject({ success: true });
      expect(codeOf(await get(one))).toEqual([404, "schedule_not_found"]);
    });

    test("events: subscriptions, deliveries, dead letters, pause, replay and discard", async () => {
      const { body } = await get(`/api/extensions/subscriptions?extension=${slug}`);
      const [subscription] = body["subscriptions"] as { subscriptionId: string }[];
      const id = subscription?.subscriptionId ?? "";
      const pause = (paused: boolean, as = "admin") =>
        put(`/api/extensions/subscriptions/${id}/paused`, { paused }, as);
      expect((await pause(true)).status).toBe(204);
      expect((await get("/api/extensions/subscriptions")).body).toMatchObject({
        subscriptions: [{ pausedAt: expect.any(String) }],
      });
      expect((await pause(false)).status).toBe(204);
      expect(codeOf(await pause(true, "stranger"))).toEqual([404, "subscription_not_found"]);
      const receiver = createReceiver();
      receiver.answer(() => ({ ok: false, code: "bad_request", message: "never", retryable: false }));
      const worker = registry.createDeliveryWorker({ invoker: receiver.invoker });
      const emit = async () => {
        await registry.events.emit({ tenantId: tenantId(), topic: "ticket.created", payload: { n: 1 } });
        await worker.drain();
      };
      await emit();
      const { body: letters } = await get(`/api/extensions/dead-letters?sourceId=${id}`);
      const [letter] = letters["items"] as { deliveryId: string }[];
      expect(letter).toMatchObject({ payload: { n: 1 }, state: "dead" });
      const deliveryIds = [letter?.deliveryId];
      const replay = (what: object, as = "admin") => post("/api/extensions/dead-letters/replay", what, as);
      expect((await replay({ deliveryIds }, "stranger")).body).toEqual({ count: 0 });
      expect((await replay({ deliveryIds })).body).toEqual({ count: 1 });
      await worker.drain();
      expect((await post("/api/extensions/dead-letters/discard", { sourceId: id })).body).toEqual({
        count: 1,
      });
      expect((await get("/api/extensions/deliveries?state=discarded")).body).toMatchObject({
        items: [{ subscriptionId: id }],
      });
      for (const wrong of [{}, { deliveryIds, sourceId: id }]) expect((await replay(wrong)).status).toBe(400);
    });

    test("calls, usage, quota and audit", async () => {
      const call = { versionId: null, requestId: "r-1", method: "GET", path: "/things/1", userId: "u" };
      const id = await registry.executionLog.started({ tenantId: tenantId(), registryId, ...call });
      const end = {
        status: "ok",
        httpStatus: 200,
        durationMs: 3,
        error: null,
        egressBytes: 1,
        hostCalls: 2,
        lines: [],
      };
      await registry.executionLog.finished(id, {
        ...end,
        status: "ok",
        tenantId: tenantId(),
        finishedAt: new Date(world().clock.now).toISOString(),
      });
      expect((await get("/api/extensions/calls?requestId=r-1&status=ok")).body).toMatchObject({
        entries: [{ id }],
      });
      expect((await get(`/api/extensions/${slug}/logs?limit=1`)).body).toMatchObject({ entries: [{ id }] });
      expect((await get("/api/extensions/usage")).body).toMatchObject({
        items: [{ registryId, invocations: 1 }],
      });
      expect((await get(at("usage"))).body).toMatchObject({ items: [{ egressBytes: 1 }] });
      expect((await get(at("quota"))).body).toMatchObject({ limits: { invocations: null } });
      const audit = await get("/api/extensions/audit?eventType=http.setPinned&limit=1");
      expect(audit.body).toMatchObject({
        items: [{ actor: owner().userId, resourceId: registryId, status: "success" }],
      });
      await post(at("enabled"), { enabled: true }, "member");
      const denied = await get("/api/extensions/audit?eventType=http.setEnabled");
      expect(denied.body["items"]).toContainEqual(
        expect.objectContaining({ status: "denied", errorMessage: "forbidden" }),
      );
      const failed = await get("/api/extensions/audit?eventType=http.update");
      expect(failed.body["items"]).toContainEqual(
        expect.objectContaining({ status: "failure", errorMessage: "install_pinned" }),
      );
      expect((await get("/api/extensions/audit", "member")).status).toBe(403);
    });

    test("host names: info, reprovision, database check", async () => {
      const info = await get(`/api/extensions/install-info?registryId=${registryId}`);
      expect(info.body).toMatchObject({ install_id: expect.any(String), runner_domain: expect.any(String) });
      expect((await post("/api/extensions/reprovision", { extensionId: slug })).body).toEqual({
        domain: info.body["runner_domain"],
      });
      expect((await post(at("reprovision"), {})).body).toMatchObject({ install: { registryId } });
      expect((await get("/api/extensions/registry-db-check")).body).toMatchObject({
        ok: true,
        hasExtensions: true,
      });
    });

    test("what an extension stored, for administrators", async () => {
      const { body } = await get(`/api/extensions/install-info?registryId=${registryId}`);
      const records = `/api/ext-storage/install/${String(body["install_id"])}/notes/records`;
      expect((await put(`${records}/a`, { value: { n: 1 } })).body).toMatchObject({ revision: 1 });
      expect(
        (
          await post(records, {
            items: [
              { key: "b", value: null },
              { key: "c", value: [1] },
            ],
          })
        ).body,
      ).toMatchObject({
        items: [{ key: "b" }, { key: "c" }],
      });
      expect((await get(`${records}?limit=2&includeValues=true`)).body).toMatchObject({
        items: [
          { key: "a", value: { n: 1 } },
          { key: "b", value: null },
        ],
        nextCursor: expect.any(String),
      });
      const ask = (revision: string) =>
        client.send(`${records}/a`, { as: "admin", headers: { "if-revision-match": revision } });
      expect((await ask("1")).body).toMatchObject({ value: { n: 1 }, revision: 1 });
      expect(await ask("2")).toMatchObject({ status: 409, body: { error: { code: "REVISION_MISMATCH" } } });
      expect(await put(`${records}/a`, { value: 2, ifRevision: 7 })).toMatchObject({
        status: 409,
        body: { error: { code: "REVISION_MISMATCH" } },
      });
      expect((await remove(`${records}/a?ifRevision=1`)).status).toBe(204);
      expect(await get(`${records}/a`)).toMatchObject({
        status: 404,
        body: { error: { code: "NOT_FOUND" } },
      });
      expect(await get(records, "stranger")).toMatchObject({ status: 404 });
      expect((await get(records, "member")).status).toBe(403);
    });

    test("API keys over HTTP, and a key at work", async () => {
      const made = await post("/api/extensions/api-keys", { name: "CI", permissions: ["extension:read"] });
      expect(made).toMatchObject({ status: 201, body: { apiKey: { state: "active" } } });
      const { id } = made.body["apiKey"] as { id: string };
      expect((await get("/api/extensions/api-keys")).body["apiKeys"]).toContainEqual(
        expect.objectContaining({ id }),
      );
      expect(codeOf(await remove(`/api/extensions/api-keys/${id}`, "stranger"))).toEqual([
        404,
        "api_key_not_found",
      ]);
      expect((await remove(`/api/extensions/api-keys/${id}`)).body).toMatchObject({
        apiKey: { state: "revoked" },
      });
      const more = { name: "CI", permissions: ["extension:publish"] };
      expect(codeOf(await post("/api/extensions/api-keys", more))).toEqual([403, "forbidden"]);
      expect((await post("/api/extensions/api-keys", { ...more, permissions: ["root"] })).body).toMatchObject(
        {
          details: { in: "body", problems: [{ pointer: "/permissions/0" }] },
        },
      );
    });

    test("every operation answered with success in some test here, as its schema says", () => {
      const missing = ROUTES.filter(({ operationId }) => !ANSWERED.has(operationId));
      expect(missing.map(({ operationId }) => operationId)).toEqual([]);
    });
  });
}

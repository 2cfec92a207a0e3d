import { createHash, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createRegistryHandler } from "../http/create-registry-handler.ts";
import { createHttpClient, RUNNER_API_KEY, type Answer } from "./kit/http-client.ts";
import { installNew, newManifest, packExtension, signArchive, type World } from "./kit/world.ts";

/** What the HTTP routes promise (contract §1.5–§1.7). */
export function httpContract(world: () => World): void {
  describe("http", () => {
    const client = createHttpClient(() => world().registry);
    const { people, send, json } = client;
    const upload = (
      archive: Uint8Array,
      query: Record<string, string> = {},
      as = "publisher",
      headers = {},
    ) => {
      const search = new URLSearchParams({ filename: "bundle.tar.zst", size: `${archive.length}`, ...query });
      return send(`/api/ext-bundles/upload-proxy?${search}`, {
        as,
        method: "POST",
        body: archive as Uint8Array<ArrayBuffer>,
        headers,
      });
    };
    const uploadKey = async (archive: Uint8Array, as = "publisher") => {
      const { status, body } = await upload(archive, {}, as);
      expect(status).toBe(200);
      return (body["upload"] as { key: string }).key;
    };

    test("upload, finalize and install, end to end", async () => {
      const manifest = newManifest({ version: "0.1.*" });
      const { archive } = await packExtension(manifest);
      const declaredHash = createHash("sha256").update(archive).digest("hex");
      const staged = await upload(archive, { declaredHash }, "publisher", {
        "content-length": `${archive.length}`,
      });
      expect(staged.body).toEqual({
        upload: {
          key: expect.stringMatching(/^sha256\/_staging\/[0-9a-f-]{36}\/bundle\.tar\.zst$/),
          strategy: "staging",
        },
        filename: "bundle.tar.zst",
        size: archive.length,
        declaredHash,
      });
      const { key } = staged.body["upload"] as { key: string };
      const request = {
        key,
        size: archive.length,
        declaredHash,
        manifestJson: JSON.stringify(manifest),
        signatures: await signArchive(archive, world().signer),
      };
      const finalized = await json("/api/ext-bundles/finalize", request);
      expect(finalized).toMatchObject({
        status: 200,
        body: {
          extension: { name: manifest.name, publisher: manifest.publisher },
          version: { version: "0.1.0" },
          contentHash: declaredHash,
          canonicalKey: `sha256/${declaredHash.slice(0, 2)}/${declaredHash}.tar.zst`,
        },
      });
      expect(await world().blobs.stat(key)).toBeNull();
      expect((await json("/api/ext-bundles/finalize", request)).body).toEqual({
        ...finalized.body,
        warnings: [],
      });

      const registryId = (finalized.body["extension"] as { id: string }).id;
      const installed = await json("/api/v1/extensions/install", { registryId, version: "0.1.0" }, "admin");
      expect(installed).toMatchObject({
        status: 202,
        body: { data: { registryId, version: "0.1.0", success: true, installId: expect.any(String) } },
      });
      expect(installed.headers.get("x-request-id")).not.toBeNull();
      expect(installed.headers.get("cache-control")).toBe("no-store");
      const { body } = await send("/api/extensions/installs", { as: "member" });
      expect(body["installs"]).toMatchObject([{ registryId, menuLabel: "Things" }]);
    });

    test.each([
      ["filename_required", { filename: "" }],
      ["size_required", { size: "" }],
      ["size_invalid", { size: "-1" }],
      ["size_invalid", { size: "0" }],
      ["size_exceeds_cap", { size: "209715201" }],
      ["declared_hash_invalid", { declaredHash: "ABC" }],
      ["content_length_mismatch", { size: "5" }],
      ["content_length_mismatch", { size: "2" }],
    ])("an upload is refused: %s (%#)", async (why, query) => {
      const { status, body, headers } = await upload(Uint8Array.of(1, 2, 3), query);
      expect({ status, code: body["code"] }).toEqual({ status: 400, code: "BAD_REQUEST" });
      expect(headers.get("x-upload-proxy-why")).toBe(why);
    });

    test("an upload without a body, or with another length, is refused", async () => {
      const path = "/api/ext-bundles/upload-proxy?filename=a&size=3";
      const empty = await send(path, { as: "publisher", method: "POST" });
      expect(empty.headers.get("x-upload-proxy-why")).toBe("missing_body");
      const lying = await upload(Uint8Array.of(1, 2, 3), {}, "publisher", { "content-length": "4" });
      expect(lying.headers.get("x-upload-proxy-why")).toBe("content_length_mismatch");
      const [row] = await world().database.admin(
        "select count(*)::int as n from extension_upload where tenant_id = $1 and version_id is null",
        [people["rival"]?.tenantId],
      );
      expect(row).toEqual({ n: 0 });
    });

    test("publishing needs the permission, and a self-asserted admin header is nothing", async () => {
      const { archive } = await packExtension(newManifest());
      const headers = { "x-alga-admin": "true" };
      for (const [as, status, code] of [
        ["", 401, "UNAUTHENTICATED"],
        ["admin", 403, "RBAC_FORBIDDEN"],
        ["client", 403, "RBAC_FORBIDDEN"],
      ] as const) {
        const refused = await upload(archive, {}, as, headers);
        expect({ status: refused.status, code: refused.body["code"] }).toEqual({ status, code });
        for (const route of ["finalize", "abort"]) {
          const answer = await json(`/api/ext-bundles/${route}`, { key: "sha256/x" }, as);
          expect({ status: answer.status, code: answer.body["code"] }).toEqual({ status, code });
        }
      }
    });

    test("a staged upload is its tenant's alone", async () => {
      const { archive } = await packExtension(newManifest());
      const key = await uploadKey(archive);
      const signatures = await signArchive(archive, world().signer);
      const stolen = await json("/api/ext-bundles/finalize", { key, signatures }, "rival");
      expect(stolen).toMatchObject({ status: 400, body: { code: "STAGING_NOT_FOUND" } });
      const aborted = await json("/api/ext-bundles/abort", { key }, "rival");
      expect(aborted.body).toEqual({ status: "noop", key, area: "staging" });
      expect(await world().blobs.stat(key)).not.toBeNull();
      expect((await json("/api/ext-bundles/abort", { key, reason: "changed my mind" })).body).toEqual({
        status: "deleted",
        key,
        area: "staging",
      });
      expect((await json("/api/ext-bundles/finalize", { key })).body["code"]).toBe("STAGING_NOT_FOUND");
    });

    test("a published archive cannot be aborted", async () => {
      const { tenantId } = await installNew(world());
      const [install] = await world().registry.installs(tenantId);
      const hash = install?.contentHash.slice(7) ?? "";
      const key = `sha256/${hash.slice(0, 2)}/${hash}.tar.zst`;
      const { body } = await json("/api/ext-bundles/abort", { key });
      expect(body).toEqual({ status: "noop", key, area: "canonical" });
      expect(await world().blobs.stat(key)).not.toBeNull();
      expect((await json("/api/ext-bundles/abort", { key: "other" })).body["code"]).toBe("BAD_REQUEST");
    });

    test("finalize refuses other hashes, sizes, manifests and conflicting bytes", async () => {
      const manifest = newManifest();
      const one = await packExtension(manifest);
      const key = await uploadKey(one.archive);
      const signatures = await signArchive(one.archive, world().signer);
      const finalize = (changed: object) =>
        json("/api/ext-bundles/finalize", { key, signatures, ...changed });
      const declared = "0".repeat(64);
      expect(await finalize({ declaredHash: declared })).toMatchObject({
        status: 400,
        body: { code: "HASH_MISMATCH", details: { declared, computed: one.contentHash.slice(7) } },
      });
      expect(await finalize({ size: 1 })).toMatchObject({ status: 400, body: { code: "BAD_REQUEST" } });
      expect(await finalize({ size: "1" })).toMatchObject({ status: 400, body: { code: "BAD_REQUEST" } });
      const other = JSON.stringify({ ...manifest, name: "other" });
      expect(await finalize({ manifestJson: other })).toMatchObject({
        status: 400,
        body: { code: "MANIFEST_MISMATCH" },
      });
      expect((await finalize({})).status).toBe(200);

      const two = await packExtension(manifest, { salt: "two" });
      const conflict = await json("/api/ext-bundles/finalize", {
        key: await uploadKey(two.archive),
        signatures: await signArchive(two.archive, world().signer),
      });
      expect(conflict).toMatchObject({
        status: 409,
        body: {
          success: false,
          error: { code: "EXTENSION_VERSION_ALREADY_EXISTS", details: { contentHash: one.contentHash } },
        },
      });
    });

    test("a bad manifest is reported by path", async () => {
      const manifest = newManifest({ api: { endpoints: [{ method: "GET", path: "/a b", handler: "x" }] } });
      const { archive } = await packExtension(manifest);
      const { status, body } = await json("/api/ext-bundles/finalize", { key: await uploadKey(archive) });
      expect({ status, code: body["code"] }).toEqual({ status: 400, code: "INVALID_MANIFEST" });
      expect(body["details"]).toMatchObject({ issues: [{ path: "api.endpoints[0].path" }] });
    });

    test("what is no archive is refused with the reader's code", async () => {
      const key = await uploadKey(Buffer.from("this is not a bundle"));
      const { status, body } = await json("/api/ext-bundles/finalize", { key });
      expect({ status, code: body["code"] }).toEqual({ status: 422, code: "BAD_COMPRESSION" });
    });

    test("administration: grants, secrets, enabled, update, logs, uninstall", async () => {
      const { registryId, version } = await installNew(world());
      const admin = people["admin"]?.tenantId ?? "";
      await json(
        "/api/v1/extensions/install",
        { registryId, version, grants: { capabilities: [], egress: [] } },
        "admin",
      );
      const again = (body: object) =>
        json("/api/v1/extensions/install", { registryId, version, ...body }, "admin");
      expect((await again({})).status).toBe(202);
      expect(await again({ grants: { capabilities: ["cap:secrets.get"], egress: [] } })).toMatchObject({
        status: 409,
        body: { error: { code: "ALREADY_INSTALLED", message: expect.any(String) } },
      });
      const put = (what: string, body: unknown) =>
        json(`/api/extensions/${registryId}/${what}`, body, "admin", "PUT");
      const granted = await put("grants", { capabilities: ["cap:secrets.get"], egress: [] });
      expect(granted).toMatchObject({
        status: 200,
        body: { install: { grantedCapabilities: ["cap:secrets.get"] } },
      });
      expect((await put("secrets", { api_key: "x" })).body).toMatchObject({
        install: { secretNames: ["api_key"] },
      });
      expect((await put("secrets", { api_key: 1 })).body["error"]).toBe("invalid_request");
      expect((await put("grants", { capabilities: "all", egress: [] })).status).toBe(400);
      const enabled = (value: unknown) =>
        json(`/api/extensions/${registryId}/enabled`, { enabled: value }, "admin");
      expect((await enabled(false)).body).toMatchObject({ install: { enabled: false } });
      expect((await enabled("yes")).status).toBe(400);
      await enabled(true);
      const update = await json("/api/v1/extensions/update", { registryId, version }, "admin");
      expect(update).toMatchObject({ status: 200, body: { data: { success: true, version } } });
      const row = { registryId, versionId: null, requestId: "r1", method: "GET", path: "/x", userId: "u" };
      await world().registry.executionLog.started({ tenantId: admin, ...row });
      const logs = await send(`/api/extensions/${registryId}/logs?limit=5`, { as: "member" });
      expect(logs.body["entries"]).toMatchObject([{ requestId: "r1", status: "started" }]);
      const gone = await json("/api/v1/extensions/uninstall", { registryId }, "admin");
      expect(gone).toMatchObject({ status: 200, body: { data: { registryId, success: true } } });
      expect(await json("/api/v1/extensions/uninstall", { registryId }, "admin")).toMatchObject({
        status: 404,
        body: { error: { code: "INSTALL_NOT_FOUND", message: expect.any(String) } },
      });
    });

    test("a member may look but not manage, others may not even look", async () => {
      const { registryId, version } = await installNew(world());
      const v1 = (as: string) => json("/api/v1/extensions/install", { registryId, version }, as);
      expect(await v1("member")).toMatchObject({ status: 403, body: { error: { code: "FORBIDDEN" } } });
      expect(await v1("")).toMatchObject({ status: 401, body: { error: { code: "UNAUTHENTICATED" } } });
      for (const [path, method] of [
        [`/api/extensions/${registryId}/enabled`, "POST"],
        [`/api/extensions/${registryId}/grants`, "PUT"],
        [`/api/extensions/${registryId}/secrets`, "PUT"],
      ] as const) {
        expect(await json(path, {}, "member", method)).toMatchObject({
          status: 403,
          body: { error: "forbidden" },
        });
      }
      for (const path of ["catalog", "installs", `${registryId}/logs`]) {
        expect((await send(`/api/extensions/${path}`, { as: "member" })).status).toBe(200);
        expect((await send(`/api/extensions/${path}`, { as: "nobody" })).status).toBe(403);
        expect((await send(`/api/extensions/${path}`, { as: "client" })).status).toBe(403);
        expect(await send(`/api/extensions/${path}`)).toMatchObject({
          status: 401,
          body: { error: "unauthenticated" },
        });
      }
    });

    test("another tenant's install answers exactly as an unknown one", async () => {
      const { registryId } = await installNew(world());
      const answers = await Promise.all(
        [registryId, randomUUID()].map(async (id) => {
          const { status, body } = await json(`/api/extensions/${id}/enabled`, { enabled: false }, "admin");
          const { requestId: _, ...rest } = body;
          return { status, rest };
        }),
      );
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]).toMatchObject({ status: 404, rest: { error: "install_not_found" } });
    });

    test("tenant headers must agree and are never believed", async () => {
      const own = people["member"]?.tenantId ?? "";
      const ask = (tenant: string) =>
        send("/api/extensions/installs", { as: "member", headers: { "x-tenant-id": tenant } });
      expect((await ask(own)).status).toBe(200);
      expect(await ask("globex")).toMatchObject({ status: 403, body: { error: "tenant_mismatch" } });
    });

    test("bodies are JSON objects of at most 1 MiB", async () => {
      const path = "/api/v1/extensions/install";
      const raw = (body: string, type = "application/json") =>
        send(path, { as: "admin", method: "POST", body, headers: { "content-type": type } });
      const codeOf = async (answer: Promise<Answer>) => {
        const { status, body } = await answer;
        return [status, (body["error"] as { code: string }).code];
      };
      expect(await codeOf(raw("{"))).toEqual([400, "VALIDATION_ERROR"]);
      expect(await codeOf(raw("[]"))).toEqual([400, "VALIDATION_ERROR"]);
      expect(await codeOf(raw("{}"))).toEqual([400, "VALIDATION_ERROR"]);
      expect(await codeOf(raw("{}", "text/plain"))).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
      expect(await codeOf(raw(JSON.stringify({ x: "x".repeat(1_048_576) })))).toEqual([
        413,
        "PAYLOAD_TOO_LARGE",
      ]);
    });

    test("runners ask with their key", async () => {
      const { tenantId, registryId } = await installNew(world());
      const [install] = await world().registry.installs(tenantId);
      const query = new URLSearchParams({
        tenant: tenantId,
        extension: registryId,
        hash: install?.contentHash ?? "",
      });
      const path = `/api/installs/validate?${query}`;
      const withKey = (url: string, key = RUNNER_API_KEY) => send(url, { headers: { "x-api-key": key } });
      const valid = await withKey(path);
      expect(valid.body).toEqual({ valid: true });
      expect(valid.headers.get("vary")).toBe("x-api-key, x-canary");
      expect((await withKey(path.replace(tenantId, "globex"))).body).toEqual({ valid: false });
      expect((await withKey("/api/installs/validate")).body).toEqual({ valid: false });
      for (const tenant of ["a".repeat(300), "a\0", "\ud800"]) {
        query.set("tenant", tenant);
        expect((await withKey(`/api/installs/validate?${query}`)).body).toEqual({ valid: false });
      }
      for (const key of ["", "wrong", `${RUNNER_API_KEY}x`]) {
        expect(await withKey(path, key)).toMatchObject({ status: 401, body: { error: "unauthorized" } });
      }
      const [row] = await world().database.admin(
        "select runner_domain from tenant_extension_install where tenant_id = $1",
        [tenantId],
      );
      const host = encodeURIComponent(`${String(row?.["runner_domain"])}:443`);
      expect((await withKey(`/api/installs/lookup-by-host?host=${host}&ts=1`)).body).toEqual({
        tenant_id: tenantId,
        extension_id: registryId,
        content_hash: install?.contentHash,
      });
      expect(await withKey("/api/installs/lookup-by-host")).toMatchObject({
        status: 400,
        body: { error: "missing_host" },
      });
      expect(await withKey("/api/installs/lookup-by-host?host=x.example")).toMatchObject({
        status: 404,
        body: { error: "not_found" },
      });
    });

    test("other paths are not the registry's, other methods are 405", async () => {
      for (const path of [
        "/",
        "/api/extensions",
        "/api/extensions/",
        "/api/extensions/a/b/c",
        "/api/extensions/a/__proto__",
        "/api/ext-bundles/other",
        "/api/v1/extensions/toString",
        "/api/installs/other",
        "/api/ext/x/y",
      ]) {
        expect(await client.handle(new Request(`http://localhost${path}`, { method: "POST" }))).toBeNull();
      }
      for (const path of [
        "/api/extensions/catalog",
        "/api/extensions/x/grants",
        "/api/ext-bundles/finalize",
        "/api/v1/extensions/install",
        "/api/installs/validate",
      ]) {
        expect((await send(path, { method: "DELETE", as: "admin" })).status).toBe(405);
      }
    });

    test("an empty runner key is a mistake of the host", () => {
      const options = { authenticate: async () => null, runnerApiKey: "" };
      expect(() => createRegistryHandler(world().registry, options)).toThrow(TypeError);
    });
  });
}

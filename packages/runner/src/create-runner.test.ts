import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContentHash } from "@alga-ext/protocol";
import { buildComponent } from "../test-support/build-component.ts";
import { buildLegacyComponent } from "../test-support/legacy-component.ts";
import {
  bodyOf,
  generateKeys,
  requestFor,
  seal,
  startColdRunner,
  startTestRunner,
} from "../test-support/test-runner.ts";
import type { Runner } from "./index.ts";
import { createMemoryStorage } from "./testing/index.ts";

const GUEST = `
import { logInfo, logError } from "alga:extension/logging";
import { get, put, listEntries, delete as remove } from "alga:extension/storage";
import { fetch } from "alga:extension/http";
import { getContext } from "alga:extension/context";
import { getUser } from "alga:extension/user-v2";
import { get as secret, listKeys } from "alga:extension/secrets";
import { callRoute } from "alga:extension/ui-proxy";
import { listSchedules, createSchedule } from "alga:extension/scheduler";
import { listClients } from "alga:extension/clients";
let calls = 0;
export function handler(request) {
  calls += 1;
  const { url, body } = request.http;
  switch (url.split("?")[0]) {
    case "/count": return answer(calls);
    case "/echo": return { status: 201, headers: [{ name: "X-Echo", value: url }], body };
    case "/loop": for (;;) {}
    case "/throw": throw new Error("boom");
    case "/memory": { const kept = []; for (;;) kept.push(new Uint8Array(1 << 20).fill(1)); }
    case "/context": return answer(JSON.stringify(getContext()));
    case "/log": logInfo("line one\\nforged"); logError("key is hunter22"); return answer("logged");
    case "/flood": for (let i = 0; i < 500; i++) logInfo("line " + i); return answer("logged");
    case "/user": return answer(JSON.stringify(attempt(getUser)));
    case "/secrets": return answer(JSON.stringify([attempt(() => secret("api_key")), attempt(() => secret("other")), listKeys()]));
    case "/fetch": return answer(JSON.stringify(attempt(() => { const r = fetch({ method: "GET", url: string(body), headers: [], body: undefined }); return [r.status, string(r.body)]; })));
    case "/storage": {
      const first = put({ namespace: "n", key: "k", value: bytes("hello"), revision: undefined });
      const second = put({ namespace: "n", key: "k", value: bytes("world"), revision: first.revision });
      const stale = attempt(() => put({ namespace: "n", key: "k", value: bytes("!"), revision: first.revision }));
      const read = get("n", "k");
      const list = listEntries("n", undefined).map((e) => e.key + "=" + string(e.value));
      const gone = [attempt(() => remove("n", "k")), attempt(() => remove("n", "k")), attempt(() => get("n", "k"))];
      return answer(JSON.stringify([Number(first.revision), Number(second.revision), stale.err, string(read.value), list, gone.map((g) => g.err ?? "ok")]));
    }
    case "/denied": return answer(JSON.stringify([
      attempt(() => get("n", "k")).err, attempt(() => secret("x")).err, listKeys(), attempt(() => fetch({ method: "GET", url: "https://a.example/", headers: [], body: undefined })).err,
      attempt(() => callRoute("/x", undefined)).err, attempt(getUser).err, attempt(listSchedules).err,
      createSchedule({ endpoint: "e", cron: "* * * * *" }).error, attempt(() => listClients({})).err]));
    default: return answer("no such route", 404);
  }
}`;

let runner: Runner;
let hash: ContentHash;
let keys: ReturnType<typeof generateKeys>;
const upstream = createServer((request, response) => response.end(`upstream saw ${request.url ?? ""}`));

beforeAll(async () => {
  const component = await buildComponent(GUEST);
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const started = await startTestRunner([{ component }], {
    storage: createMemoryStorage(),
    egressOverrides: {
      "api.upstream.example": `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    },
    resolver: { resolve: () => Promise.resolve(["10.0.0.1"]) },
  });
  runner = started.runner;
  keys = started.keys;
  hash = started.hashes[0] as ContentHash;
});
afterAll(async () => {
  await runner.close();
  upstream.close();
});

const json = (response: { readonly body_b64: string | null }): unknown => JSON.parse(bodyOf(response));

describe("execute", () => {
  it("answers what the guest answers", async () => {
    const response = await runner.execute(
      requestFor(hash, "/echo", {
        http: {
          method: "POST",
          path: "/echo",
          query: { q: "a b" },
          body_b64: Buffer.from("hällo").toString("base64"),
        },
      }),
    );
    expect(response).toMatchObject({ status: 201, error: null, headers: { "x-echo": "/echo?q=a+b" } });
    expect(bodyOf(response)).toBe("hällo");
  });

  it("gives every call a fresh instance", async () => {
    const counts = await Promise.all(
      Array.from({ length: 6 }, async () => bodyOf(await runner.execute(requestFor(hash, "/count")))),
    );
    expect(counts).toEqual(["1", "1", "1", "1", "1", "1"]);
  });

  it("traps one call without harming the next", async () => {
    expect(await runner.execute(requestFor(hash, "/throw"))).toMatchObject({
      status: 500,
      error: "execute_failed",
    });
    expect(bodyOf(await runner.execute(requestFor(hash, "/count")))).toBe("1");
  });

  it("cuts a loop at its deadline while another install keeps answering", async () => {
    const other = { install: "33333333-3333-4333-8333-333333333333" };
    await runner.execute(requestFor(hash, "/count", other));
    await runner.execute(requestFor(hash, "/count"));
    const started = performance.now();
    const looping = runner.execute(requestFor(hash, "/loop", { limits: { timeout_ms: 700 } }));
    const ended = looping.then((response) => ({ response, afterMs: performance.now() - started }));
    let answered = 0;
    for (let pending = true; pending; answered += 1) {
      const neighbour = runner.execute(requestFor(hash, "/count", other));
      pending = (await Promise.race([ended, neighbour.then(() => null)])) === null;
      expect(bodyOf(await neighbour)).toBe("1");
    }
    const { response, afterMs } = await ended;
    expect(response).toMatchObject({ status: 504, error: "deadline_exceeded" });
    expect(afterMs).toBeLessThan(1_500);
    expect(answered).toBeGreaterThan(3);
    expect(bodyOf(await runner.execute(requestFor(hash, "/count")))).toBe("1");
  });

  it("contains a memory bomb", async () => {
    expect(await runner.execute(requestFor(hash, "/memory"))).toMatchObject({
      status: 500,
      error: "memory_exceeded: memory_mb",
    });
    expect(bodyOf(await runner.execute(requestFor(hash, "/count")))).toBe("1");
  });

  it("prepares on the first calls what nobody has prepared", async () => {
    const { runner: cold, hashes } = await startColdRunner([{ component: await buildComponent(GUEST) }]);
    const first = (tenant: string) =>
      cold.execute(
        requestFor(hashes[0] as ContentHash, "/count", { tenant, limits: { timeout_ms: 60_000 } }),
      );
    const answers = await Promise.all([first("acme"), first("globex")]);
    expect(answers.map((answer) => [answer.error, bodyOf(answer)])).toEqual([
      [null, "1"],
      [null, "1"],
    ]);
    await cold.close();
  }, 120_000);

  it("takes no calls once it closes", async () => {
    const started = await startTestRunner([]);
    await started.runner.close();
    expect(await started.runner.execute(requestFor(hash, "/count"))).toMatchObject({
      status: 503,
      error: "not_admitted",
    });
  });

  it("runs from memory, and says so, where the cache directory cannot be made", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "alga-no-cache-")), "file");
    writeFileSync(file, "");
    const errors: unknown[] = [];
    const ignore = () => undefined;
    const { runner: troubled, hashes } = await startTestRunner([{ component: await buildComponent(GUEST) }], {
      cacheDir: join(file, "cache"),
      logger: { info: ignore, warn: ignore, error: (_message, fields) => void errors.push(fields) },
    });
    expect(await troubled.execute(requestFor(hashes[0] as ContentHash, "/echo"))).toMatchObject({
      error: null,
    });
    expect(errors).toContainEqual(expect.objectContaining({ cacheDir: join(file, "cache") }));
    expect((await troubled.fetch(new Request("http://runner/healthz"))).status).toBe(503);
    await troubled.close();
    rmSync(dirname(file), { recursive: true });
  }, 120_000);

  it("does not run a bundle it cannot find", async () => {
    const absent: ContentHash = `sha256:${"0".repeat(64)}`;
    expect(await runner.execute(requestFor(absent, "/count"))).toMatchObject({
      status: 502,
      error: "bundle_fetch_failed: absent",
    });
  });
});

describe("capabilities", () => {
  it("tells the guest whose call it is", async () => {
    expect(json(await runner.execute(requestFor(hash, "/context")))).toMatchObject({
      requestId: "req-1",
      tenantId: "acme",
      extensionId: "22222222-2222-4222-8222-222222222222",
      installId: "11111111-1111-4111-8111-111111111111",
      versionId: "v-1",
    });
  });

  it("stores, compares revisions, lists and deletes", async () => {
    expect(json(await runner.execute(requestFor(hash, "/storage")))).toEqual([
      1,
      2,
      "conflict",
      "world",
      ["k=world"],
      ["ok", "missing", "missing"],
    ]);
  });

  it("keeps log lines, escapes forged ones and redacts secrets", async () => {
    const secret_envelope = await seal({ api_key: "hunter22" }, keys.runnerPublicKeyPem);
    const response = await runner.execute(requestFor(hash, "/log", { secret_envelope }));
    expect(response.usage?.log_lines.map(({ level, message }) => [level, message])).toEqual([
      ["info", "line one\\u000aforged"],
      ["error", "key is [secret]"],
    ]);
    const flood = await runner.execute(requestFor(hash, "/flood"));
    expect(flood.usage?.log_lines).toHaveLength(201);
    expect(flood.usage?.log_lines.at(-1)?.message).toBe("300 log lines dropped");
  });

  it("opens sealed secrets and enforces their expiry", async () => {
    const secret_envelope = await seal({ api_key: "s3cret" }, keys.runnerPublicKeyPem);
    expect(json(await runner.execute(requestFor(hash, "/secrets", { secret_envelope })))).toEqual([
      { ok: "s3cret" },
      { err: "missing" },
      ["api_key"],
    ]);
    const expired = { ...secret_envelope, expires_at: "2020-01-01T00:00:00Z" };
    expect(json(await runner.execute(requestFor(hash, "/secrets", { secret_envelope: expired })))).toEqual([
      { err: "expired" },
      { err: "expired" },
      [],
    ]);
    const inline = { algorithm: "inline/base64", ciphertext_b64: Buffer.from("{}").toString("base64") };
    expect(await runner.execute(requestFor(hash, "/secrets", { secret_envelope: inline }))).toMatchObject({
      status: 500,
      error: "secret_decrypt_failed",
    });
  });

  it("shows the acting user, or that there is none", async () => {
    expect(json(await runner.execute(requestFor(hash, "/user")))).toEqual({ err: "not-available" });
    const user = {
      user_id: "u",
      user_email: "e",
      user_name: "n",
      user_type: "internal",
      additional_fields: { b: "2", a: "1" },
    };
    expect(json(await runner.execute(requestFor(hash, "/user", { user })))).toMatchObject({
      ok: {
        tenantId: "acme",
        userId: "u",
        clientName: "",
        additionalFields: [
          ["a", "1"],
          ["b", "2"],
        ],
      },
    });
  });

  it("refuses everything that was not granted, in each interface's own words", async () => {
    expect(json(await runner.execute(requestFor(hash, "/denied", { providers: [] })))).toEqual([
      "denied",
      "denied",
      [],
      "not-allowed",
      "denied",
      "not-allowed",
      "denied",
      "Permission denied: cap:scheduler.manage not granted",
      "not-allowed",
    ]);
    expect(await runner.execute(requestFor(hash, "/context", { providers: [] }))).toMatchObject({
      error: "execute_failed",
    });
  });

  it("fetches only what is declared and granted, through the operator's override", async () => {
    const fetchVia = async (url: string) =>
      json(
        await runner.execute(
          requestFor(hash, "/fetch", {
            http: { method: "POST", path: "/fetch", body_b64: Buffer.from(url).toString("base64") },
            egress: ["api.upstream.example", "rebound.example"],
          }),
        ),
      );
    expect(await fetchVia("https://api.upstream.example/hello?x=1")).toEqual({
      ok: [200, "upstream saw /hello?x=1"],
    });
    expect(await fetchVia("https://other.example/")).toEqual({ err: "not-allowed" });
    expect(await fetchVia("https://rebound.example/")).toEqual({ err: "not-allowed" });
    expect(await fetchVia("http://api.upstream.example/")).toEqual({ err: "not-allowed" });
    expect(await fetchVia("nonsense")).toEqual({ err: "invalid-url" });
  });
});

describe("legacy components", () => {
  it("links WASI imports to inert stubs", async () => {
    const started = await startTestRunner([{ component: await buildLegacyComponent() }]);
    // It instantiates, so every import was linked; its handler has no body and traps.
    expect(await started.runner.execute(requestFor(started.hashes[0] as ContentHash, "/"))).toMatchObject({
      status: 500,
      error: "execute_failed",
    });
    const messages = started.warnings.flatMap(({ guest }) => (typeof guest === "string" ? [guest] : []));
    expect(messages).toEqual([expect.stringContaining("unreachable")]);
    await started.runner.close();
  }, 120_000);
});

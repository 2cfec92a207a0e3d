import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContentHash } from "@alga-ext/protocol";
import { buildComponent } from "../test-support/build-component.ts";
import { bodyOf, requestFor, startTestRunner } from "../test-support/test-runner.ts";
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

beforeAll(async () => {
  const component = await buildComponent(GUEST);
  const started = await startTestRunner([{ component }], { storage: createMemoryStorage() });
  runner = started.runner;
  hash = started.hashes[0] as ContentHash;
});
afterAll(() => runner.close());

describe("execute", () => {
  it("answers what the guest answers", async () => {
    const response = await runner.execute(
      requestFor(hash, "/echo", { http: { method: "POST", path: "/echo", query: { q: "a b" }, body_b64: Buffer.from("hällo").toString("base64") } }),
    );
    expect(response).toMatchObject({ status: 201, error: null, headers: { "x-echo": "/echo?q=a+b" } });
    expect(bodyOf(response)).toBe("hällo");
  });

  it("gives every call a fresh instance", async () => {
    const counts = await Promise.all(Array.from({ length: 6 }, async () => bodyOf(await runner.execute(requestFor(hash, "/count")))));
    expect(counts).toEqual(["1", "1", "1", "1", "1", "1"]);
  });
});

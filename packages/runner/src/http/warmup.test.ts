import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CallClaims, ContentHash } from "@alga-ext/protocol";
import { buildComponent } from "../../test-support/build-component.ts";
import { createTestGateway, type TestGateway } from "../../test-support/call-token.ts";
import { bodyOf, requestFor, startColdRunner } from "../../test-support/test-runner.ts";
import type { Runner } from "../index.ts";

let runner: Runner;
let gateway: TestGateway;
let hash: ContentHash;
let uiOnly: ContentHash;

beforeAll(async () => {
  const component = await buildComponent(`export function handler() { return answer("warm"); }`);
  const started = await startColdRunner([{ component }, { ui: { "index.html": "<p>hi" } }]);
  runner = started.runner;
  [hash, uiOnly] = started.hashes as [ContentHash, ContentHash];
  gateway = createTestGateway(started.keys);
  const token = await gateway.handshakeToken();
  const request = new Request("http://runner/v1/handshake", {
    method: "POST",
    body: JSON.stringify({ token }),
  });
  expect((await runner.fetch(request)).status).toBe(200);
});
afterAll(() => runner.close());

const bodyHash = (raw: string) => createHash("sha256").update(raw).digest("base64url");

async function warmUp(
  body: Record<string, unknown>,
  spoil: { claims?: Partial<CallClaims>; key?: Uint8Array } = {},
): Promise<[number, Record<string, unknown>]> {
  const raw = JSON.stringify(body);
  const call = requestFor(String(body["content_hash"]) as ContentHash, "/warmup", {
    http: { method: "POST", path: "/warmup" },
  });
  const signed = gateway.request(call, { ...spoil, claims: { bh: bodyHash(raw), ...spoil.claims } });
  const { authorization } = Object.fromEntries(signed.headers);
  const response = await runner.fetch(
    new Request("http://runner/warmup", {
      method: "POST",
      body: raw,
      headers: authorization === undefined ? {} : { authorization },
    }),
  );
  return [response.status, (await response.json()) as Record<string, unknown>];
}

async function cells(): Promise<number> {
  const text = await (await runner.fetch(new Request("http://runner/metrics"))).text();
  return Number(/^alga_runner_cells (\d+)$/m.exec(text)?.[1]);
}

describe("POST /warmup", () => {
  it("prepares a version for its first call", async () => {
    const [status, answer] = await warmUp({ content_hash: hash });
    expect([status, answer]).toEqual([200, expect.objectContaining({ content_hash: hash, prepared: true })]);
    const again = await warmUp({ content_hash: hash.slice("sha256:".length) }, { claims: { hash } });
    expect(again[1]).toMatchObject({ prepared: true });
    expect(bodyOf(await runner.execute(requestFor(hash, "/")))).toBe("warm");
  });

  it("starts the cell of the token's install when it is asked to, which calls then find", async () => {
    const install = { tenant: "warm", install: "44444444-4444-4444-8444-444444444444" };
    const claims = { tenant: install.tenant, sub: install.install };
    const before = await cells();
    const [, prepared] = await warmUp({ content_hash: hash }, { claims });
    expect([prepared["started"], await cells()]).toEqual([false, before]);
    const [status, started] = await warmUp({ content_hash: hash, start: true }, { claims });
    expect([status, started["started"], await cells()]).toEqual([200, true, before + 1]);
    await warmUp({ content_hash: hash, start: true }, { claims });
    expect(bodyOf(await runner.execute(requestFor(hash, "/", install)))).toBe("warm");
    expect(await cells()).toBe(before + 1);
  });

  it("has nothing to prepare for a bundle of UI alone", async () => {
    expect(await warmUp({ content_hash: uiOnly, start: true })).toEqual([
      200,
      expect.objectContaining({ prepared: false, started: false }),
    ]);
    expect(await runner.prepare(uiOnly)).toBe(false);
  });

  it.each([
    [
      "another version than the token's",
      { claims: { hash: `sha256:${"1".repeat(64)}` } },
      "context_mismatch",
      400,
    ],
    ["a token of another path", { claims: { path: "/" } }, "context_mismatch", 400],
    ["a token of another body", { claims: { bh: "x" } }, "call_token_invalid", 401],
    ["a wrong key", { key: Buffer.alloc(32) }, "call_token_invalid", 401],
  ])("refuses %s", async (_name, spoil, error, status) => {
    const [given, answer] = await warmUp({ content_hash: hash }, spoil);
    expect([given, answer["error"]]).toEqual([status, error]);
  });

  it("refuses a body that names another tenant, no hash, or one that is not there", async () => {
    expect(await warmUp({ content_hash: hash, tenant_id: "other" })).toMatchObject([
      400,
      { error: "context_mismatch" },
    ]);
    expect(await warmUp({ content_hash: hash, start: "yes" })).toMatchObject([
      400,
      { error: "invalid_request" },
    ]);
    expect(await warmUp({})).toMatchObject([400, { error: "invalid_content_hash" }]);
    const absent = `sha256:${"2".repeat(64)}`;
    expect(await warmUp({ content_hash: absent })).toMatchObject([502, { error: "bundle_fetch_failed" }]);
  });

  it("refuses who has no token", async () => {
    const request = new Request("http://runner/warmup", { method: "POST", body: "{}" });
    expect((await runner.fetch(request)).status).toBe(401);
  });
});

import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { createCallAuthority } from "../call-authority.ts";
import type { CallAuthority, RunnerCall } from "../ports.ts";
import { generateCallKeys, type CallKeys } from "../testing/call-keys.ts";
import { guestAnswer } from "../testing/fake-invoker.ts";
import { startScriptedRunner, type ScriptedRunnerOptions } from "../testing/scripted-runner.ts";
import { anInstall } from "../testing/tenants.ts";
import { createHttpInvoker, type HttpInvokerOptions } from "./create-http-invoker.ts";

let keys: CallKeys;
let calls: CallAuthority;
const opened: { close(): Promise<void> }[] = [];
const { signal } = new AbortController();

beforeAll(async () => {
  keys = await generateCallKeys();
  calls = await createCallAuthority({
    issuer: "gateway-1",
    privateKeyPem: keys.gatewayPrivatePem,
    runnerPublicKeyPem: keys.runnerPublicPem,
  });
});

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function startRunner(options: Partial<ScriptedRunnerOptions> = {}) {
  const runner = await startScriptedRunner({ keys, ...options });
  opened.push(runner);
  return runner;
}

function createInvoker(baseUrl: string, options: Partial<HttpInvokerOptions> = {}) {
  const invoker = createHttpInvoker({ baseUrl, calls, ...options });
  opened.push(invoker);
  return invoker;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

const install = anInstall();
const call: RunnerCall = {
  idempotencyKey: "key-1",
  request: {
    context: {
      request_id: "r1",
      tenant_id: install.tenantId,
      extension_id: install.registryId,
      install_id: install.installId,
      version_id: install.versionId,
      content_hash: install.contentHash,
    },
    http: { method: "POST", path: "/agreements", body_b64: btoa("x") },
    limits: { timeout_ms: 5000 },
  },
};

describe("createHttpInvoker", () => {
  test("sends the transport headers of the contract", async () => {
    let headers: NodeJS.Dict<string | string[]> = {};
    const runner = await startRunner({
      answer: (_request, { incoming }) => {
        headers = incoming.headers;
        return guestAnswer();
      },
    });
    await createInvoker(runner.url).invoke(call, { signal });
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "x-request-id": "r1",
      "x-alga-tenant": "acme",
      "x-alga-extension": install.registryId,
      "x-ext-install-id": install.installId,
      "x-ext-version-id": install.versionId,
      "x-idempotency-key": "key-1",
      authorization: expect.stringMatching(/^Bearer /) as string,
    });
  });

  test("waits for a runner that is still starting", async () => {
    const port = await freePort();
    const invoker = createInvoker(`http://127.0.0.1:${port}`);
    const pending = invoker.invoke(call, { signal });
    await startRunner({ port });
    expect(await pending).toMatchObject({ status: 200, error: null });
  });

  test("what waits for it goes at once when one has reached it, and not one after the other", async () => {
    const port = await freePort();
    // One after the other, a tenth of them would have had a turn by then.
    const invoker = createInvoker(`http://127.0.0.1:${port}`, { connectRetryMs: 1_000 });
    const tried = Promise.withResolvers<void>();
    const waiting = { ...call, onRetry: () => tried.resolve() };
    const pending = Array.from({ length: 200 }, () => invoker.invoke(waiting, { signal }));
    await tried.promise;
    const runner = await startRunner({ port });
    await Promise.all(pending);
    expect(runner.admitted()).toHaveLength(200);
  });

  test("a runner that comes back has forgotten the key, and the call still goes through", async () => {
    const first = await startScriptedRunner({ keys });
    const invoker = createInvoker(first.url);
    await invoker.invoke(call, { signal });
    await first.close();
    const second = await startRunner({ port: first.port });
    expect(await invoker.invoke(call, { signal })).toMatchObject({ status: 200 });
    expect(second.admitted()).toHaveLength(1);
  });

  test("a handshake that is older than the runner's process is made again", async () => {
    const runner = await startRunner({ staleHandshakes: 2 });
    expect(await createInvoker(runner.url).invoke(call, { signal })).toMatchObject({ status: 200 });
    expect([runner.handshakes(), runner.admitted().length]).toEqual([1, 1]);
  });

  test("gives up on an absent runner within about two seconds", async () => {
    const invoker = createInvoker(`http://127.0.0.1:${await freePort()}`);
    const startMs = performance.now();
    await expect(invoker.invoke(call, { signal })).rejects.toMatchObject({
      code: "runner_unreachable",
      retryable: true,
    });
    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeGreaterThan(1000);
    expect(tookMs).toBeLessThan(2500);
  });

  test("stops waiting when the call is aborted", async () => {
    const invoker = createInvoker(`http://127.0.0.1:${await freePort()}`, { connectRetryMs: 60_000 });
    const controller = new AbortController();
    const pending = invoker.invoke(call, { signal: controller.signal });
    controller.abort();
    await expect(pending).rejects.toMatchObject({ code: "runner_unreachable" });
  });

  test("a runner that does not know this gateway is bad_gateway", async () => {
    const runner = await startRunner({ keys: await generateCallKeys() });
    await expect(createInvoker(runner.url).invoke(call, { signal })).rejects.toMatchObject({
      code: "bad_gateway",
    });
  });

  test.each([
    [503, '{"error":"overloaded"}', "overloaded"],
    [503, '{"error":"not_admitted: queue full"}', "not_admitted"],
    [401, '{"error":"call_token_replayed"}', "bad_gateway"],
    [400, '{"error":"context_mismatch"}', "bad_gateway"],
    [500, "<html>oops", "bad_gateway"],
    [404, "{}", "bad_gateway"],
    [200, "null", "bad_gateway"],
    [200, '{"status":"200"}', "bad_gateway"],
  ])("HTTP %i %s is %s", async (status, text, code) => {
    const runner = await startRunner({
      answer: (_request, { outgoing }) => {
        outgoing.writeHead(status).end(text);
        return null;
      },
    });
    await expect(createInvoker(runner.url).invoke(call, { signal })).rejects.toMatchObject({ code });
    expect(runner.admitted()).toHaveLength(1);
  });

  test("an answer over the cap is not read to its end", async () => {
    const runner = await startRunner({ answer: () => guestAnswer({ body_b64: "A".repeat(100_000) }) });
    const invoker = createInvoker(runner.url, { maxResponseBytes: 10_000 });
    await expect(invoker.invoke(call, { signal })).rejects.toMatchObject({ code: "response_too_large" });
  });

  test("an answer that breaks off is runner_crashed", async () => {
    const runner = await startRunner({
      answer: (_request, { outgoing }) => {
        outgoing.writeHead(200, { "content-length": "1000" });
        outgoing.write('{"status":', () => outgoing.destroy());
        return null;
      },
    });
    await expect(createInvoker(runner.url).invoke(call, { signal })).rejects.toMatchObject({
      code: "runner_crashed",
    });
  });
});

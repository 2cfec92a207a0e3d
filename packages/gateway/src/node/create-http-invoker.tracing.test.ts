import { afterEach, expect, test } from "vitest";
import { createCallAuthority } from "../call-authority.ts";
import { buildInvocation } from "../internal/build-invocation.ts";
import type { RunnerCall } from "../ports.ts";
import { generateCallKeys } from "../testing/call-keys.ts";
import { startScriptedRunner } from "../testing/scripted-runner.ts";
import { guestAnswer } from "../testing/fake-invoker.ts";
import { anInstall, aPrincipal } from "../testing/tenants.ts";
import { createHttpInvoker } from "./create-http-invoker.ts";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const { signal } = new AbortController();
const CALL: RunnerCall = {
  request: buildInvocation({
    requestId: "req-1",
    principal: aPrincipal(),
    install: anInstall(),
    target: { surface: "ext", extensionId: "acme-labs.agreements", path: "/agreements" },
    method: "GET",
    query: {},
    headers: new Headers(),
    body: null,
    idempotencyKey: undefined,
    timeoutMs: 5000,
  }),
};

test("a runner is told of the trace, and of nothing where there is none", async () => {
  const keys = await generateCallKeys();
  const seen: unknown[] = [];
  const runner = await startScriptedRunner({
    keys,
    answer: (_request, { incoming }) => {
      seen.push([incoming.headers["traceparent"], incoming.headers["tracestate"]]);
      return guestAnswer();
    },
  });
  const calls = await createCallAuthority({
    issuer: "gateway-1",
    privateKeyPem: keys.gatewayPrivatePem,
    runnerPublicKeyPem: keys.runnerPublicPem,
  });
  const invoker = createHttpInvoker({ baseUrl: runner.url, calls, connectRetryMs: 1000 });
  opened.push(runner, invoker);
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  await invoker.invoke({ ...CALL, trace: { traceparent, tracestate: "a=1" } }, { signal });
  await invoker.invoke({ ...CALL, trace: { traceparent } }, { signal });
  await invoker.invoke(CALL, { signal });
  expect(seen).toEqual([
    [traceparent, "a=1"],
    [traceparent, undefined],
    [undefined, undefined],
  ]);

  // Nobody there: tried again for as long as it is allowed to, and each try is told.
  let retries = 0;
  const call = { ...CALL, onRetry: () => void (retries += 1) };
  await invoker.invoke(call, { signal });
  expect(retries).toBe(0);
  await runner.close();
  await expect(invoker.invoke(call, { signal })).rejects.toMatchObject({ code: "runner_unreachable" });
  expect(retries).toBeGreaterThan(0);
});

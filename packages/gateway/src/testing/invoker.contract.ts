import { CodedError } from "@alga-ext/protocol";
import { buildInvocation } from "../internal/build-invocation.ts";
import type { RunnerCall, RunnerInvoker } from "../ports.ts";
import { guestAnswer } from "./fake-invoker.ts";
import type { ScriptedRunner, ScriptedRunnerOptions } from "./scripted-runner.ts";
import { aPrincipal, anInstall } from "./tenants.ts";

/** What an adapter's test gives the cases; everything it starts, it ends. */
export interface InvokerHarness {
  startRunner(answer?: NonNullable<ScriptedRunnerOptions["answer"]>): Promise<ScriptedRunner>;
  /** An invoker under test that calls the runner at a URL. */
  createInvoker(runnerUrl: string): Promise<RunnerInvoker>;
}

/** One sentence of the {@link RunnerInvoker} port, as a test. */
export interface InvokerContractCase {
  readonly name: string;
  /** Rejects when the sentence does not hold. */
  run(harness: InvokerHarness): Promise<void>;
}

/** Every adapter of {@link RunnerInvoker} must pass each case; they need no test framework. */
export const INVOKER_CONTRACT: readonly InvokerContractCase[] = [
  {
    name: "passes the runner's answer on, logical errors included",
    async run(harness) {
      const runner = await harness.startRunner(() =>
        guestAnswer({ status: 504, error: "deadline_exceeded" }),
      );
      const invoker = await harness.createInvoker(runner.url);
      const answer = await invoker.invoke(aCall(), { signal: new AbortController().signal });
      expectSame(answer.error, "deadline_exceeded");
      expectSame(answer.status, 504);
    },
  },
  {
    name: "vouches for install, tenant, hash, method and path of exactly the call",
    async run(harness) {
      const runner = await harness.startRunner();
      const invoker = await harness.createInvoker(runner.url);
      const call = aCall();
      await invoker.invoke(call, { signal: new AbortController().signal });
      const claims = runner.admitted()[0];
      expectSame(claims?.sub, call.request.context.install_id);
      expectSame(claims?.tenant, call.request.context.tenant_id);
      expectSame(claims?.hash, call.request.context.content_hash);
      expectSame(claims?.method, call.request.http.method);
      expectSame(claims?.path, call.request.http.path);
    },
  },
  {
    name: "calls at once share one handshake",
    async run(harness) {
      const runner = await harness.startRunner();
      const invoker = await harness.createInvoker(runner.url);
      const { signal } = new AbortController();
      await Promise.all(Array.from({ length: 8 }, () => invoker.invoke(aCall(), { signal })));
      expectSame(runner.handshakes(), 1);
      expectSame(new Set(runner.admitted().map(({ jti }) => jti)).size, 8);
    },
  },
  {
    name: "opens a new session when the runner forgot the key, and admits the call once",
    async run(harness) {
      const runner = await harness.startRunner();
      const invoker = await harness.createInvoker(runner.url);
      const { signal } = new AbortController();
      await invoker.invoke(aCall(), { signal });
      runner.forgetSessions();
      await invoker.invoke(aCall(), { signal });
      expectSame(runner.handshakes(), 2);
      expectSame(runner.admitted().length, 2);
    },
  },
  {
    name: "rejects with runner_unreachable when nobody listens",
    async run(harness) {
      const runner = await harness.startRunner();
      await runner.close();
      const invoker = await harness.createInvoker(runner.url);
      await expectCode(
        invoker.invoke(aCall(), { signal: new AbortController().signal }),
        "runner_unreachable",
      );
    },
  },
  {
    name: "rejects with runner_crashed when the connection is lost mid-call, and does not repeat the call",
    async run(harness) {
      const runner = await harness.startRunner((_request, { incoming }) => {
        incoming.socket.destroy();
        return null;
      });
      const invoker = await harness.createInvoker(runner.url);
      await expectCode(invoker.invoke(aCall(), { signal: new AbortController().signal }), "runner_crashed");
      expectSame(runner.admitted().length, 1);
    },
  },
  {
    name: "rejects with bad_gateway when the answer is no execute response",
    async run(harness) {
      const runner = await harness.startRunner((_request, { outgoing }) => {
        outgoing.end("<html>");
        return null;
      });
      const invoker = await harness.createInvoker(runner.url);
      await expectCode(invoker.invoke(aCall(), { signal: new AbortController().signal }), "bad_gateway");
    },
  },
  {
    name: "aborting cancels the call at the runner",
    async run(harness) {
      const arrived = Promise.withResolvers<void>();
      const cancelled = Promise.withResolvers<void>();
      const runner = await harness.startRunner((_request, { outgoing }) => {
        outgoing.once("close", () => cancelled.resolve());
        arrived.resolve();
        return null;
      });
      const invoker = await harness.createInvoker(runner.url);
      const controller = new AbortController();
      const call = invoker.invoke(aCall(), { signal: controller.signal }).catch((error: unknown) => error);
      await arrived.promise;
      controller.abort();
      await cancelled.promise;
      await call;
    },
  },
];

function aCall(): RunnerCall {
  const request = buildInvocation({
    requestId: "req-1",
    principal: aPrincipal(),
    install: anInstall(),
    target: { surface: "ext", extensionId: "acme-labs.agreements", path: "/agreements" },
    method: "POST",
    query: { page: "2" },
    headers: new Headers({ "content-type": "application/json" }),
    body: new TextEncoder().encode('{"title":"Ünïcode"}'),
    idempotencyKey: "req-1",
    timeoutMs: 5000,
  });
  return { request, idempotencyKey: "req-1" };
}

function expectSame(actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) {
    throw new Error(`Expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}.`);
  }
}

async function expectCode(work: Promise<unknown>, code: string): Promise<void> {
  const outcome = await work.then(
    () => "nothing thrown",
    (error: unknown) => (error instanceof CodedError ? error.code : String(error)),
  );
  expectSame(outcome, code);
}

import { createServer, type AddressInfo } from "node:net";
import * as fc from "fast-check";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { ExecuteResponse } from "@alga-ext/protocol";
import { createCallAuthority } from "../call-authority.ts";
import type { CallAuthority, RunnerCall } from "../ports.ts";
import { generateCallKeys, type CallKeys } from "../testing/call-keys.ts";
import { guestAnswer } from "../testing/fake-invoker.ts";
import {
  startScriptedRunner,
  type ScriptedRunner,
  type ScriptedRunnerOptions,
} from "../testing/scripted-runner.ts";
import { anInstall } from "../testing/tenants.ts";
import { createHttpInvoker, type HttpInvokerOptions } from "./create-http-invoker.ts";
import { hash32, scoreOf } from "./rendezvous.ts";

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

async function startRunner(options: Partial<ScriptedRunnerOptions> = {}): Promise<ScriptedRunner> {
  const runner = await startScriptedRunner({ keys, ...options });
  opened.push(runner);
  return runner;
}

function createInvoker(runners: readonly ScriptedRunner[], options: Partial<HttpInvokerOptions> = {}) {
  const invoker = createHttpInvoker({ runners: runners.map(({ url }) => url), calls, rampMs: 0, ...options });
  opened.push(invoker);
  return invoker;
}

function aCall(installId: string, method = "POST"): RunnerCall {
  const install = anInstall({ installId });
  return {
    request: {
      context: {
        request_id: "r1",
        tenant_id: install.tenantId,
        extension_id: install.registryId,
        install_id: installId,
        content_hash: install.contentHash,
      },
      http: { method, path: "/agreements" },
      limits: { timeout_ms: 5000 },
    },
  };
}

/** An install that belongs to the first of these runners, then to the second, and so on. */
function installOf(...order: readonly ScriptedRunner[]): string {
  for (let at = 0; ; at += 1) {
    const key = hash32(`acme\0install-${at}`);
    const scores = order.map(({ url }) => scoreOf(hash32(url), key));
    if (scores.every((score, index) => index === 0 || score < (scores[index - 1] ?? 0)))
      return `install-${at}`;
  }
}

const lose: NonNullable<ScriptedRunnerOptions["answer"]> = (_request, { incoming }) => {
  incoming.socket.destroy();
  return null;
};
const say = (error: string) => (): ExecuteResponse => guestAnswer({ status: 503, error });
const admittedBy = (...runners: readonly ScriptedRunner[]): number[] =>
  runners.map((runner) => runner.admitted().length);

describe("spread", () => {
  test("calls of one install go to one runner, installs to all of them; one session each", async () => {
    const [one, other] = [await startRunner(), await startRunner()];
    const invoker = createInvoker([one, other]);
    const [ours, theirs] = [installOf(one, other), installOf(other, one)];
    for (let at = 0; at < 3; at += 1) {
      await invoker.invoke(aCall(ours), { signal });
      await invoker.invoke(aCall(theirs), { signal });
    }
    expect(one.admitted().map(({ sub }) => sub)).toEqual([ours, ours, ours]);
    expect(other.admitted().map(({ sub }) => sub)).toEqual([theirs, theirs, theirs]);
    expect([one.handshakes(), other.handshakes()]).toEqual([1, 1]);
  });

  test("a runner that restarts is shaken hands with again, and nothing runs twice", async () => {
    const [one, other] = [await startRunner(), await startRunner()];
    const invoker = createInvoker([one, other]);
    const install = installOf(one, other);
    await invoker.invoke(aCall(install), { signal });
    one.forgetSessions();
    await invoker.invoke(aCall(install), { signal });
    expect(admittedBy(one, other)).toEqual([2, 0]);
    expect(one.handshakes()).toBe(2);
  });

  test("calls that fill its connections do not make a runner look ill", async () => {
    const ends: (() => void)[] = [];
    const one = await startRunner({
      answer: () => new Promise((resolve) => ends.push(() => resolve(guestAnswer()))),
    });
    const other = await startRunner();
    let looks = 0;
    const busy = await startRunner({
      isReady: () => {
        looks += 1;
        return true;
      },
      answer: () => new Promise((resolve) => ends.push(() => resolve(guestAnswer()))),
    });
    const invoker = createInvoker([one, other, busy], { connections: 1, probeEveryMs: 20 });
    const running = invoker.invoke(aCall(installOf(busy, one, other)), { signal });
    await vi.waitFor(() => expect(busy.admitted()).toHaveLength(1));
    const seen = looks;
    await vi.waitFor(() => expect(looks).toBeGreaterThan(seen + 3));
    expect(invoker.runners().every(({ isUp }) => isUp)).toBe(true);
    expect(invoker.runners().find(({ url }) => url === busy.url)?.inFlight).toBe(1);
    for (const end of ends) end();
    await running;
  });

  test("needs an address, and one that is one", () => {
    const noList = { calls };
    expect(() => createHttpInvoker(noList)).toThrow(TypeError);
    expect(() => createHttpInvoker({ calls, runners: [] })).toThrow(TypeError);
    expect(() => createHttpInvoker({ calls, runners: ["10.0.0.1:8080"] })).toThrow(TypeError);
    expect(() => createHttpInvoker({ calls, baseUrl: "ftp://runner" })).toThrow(TypeError);
    expect(() => createHttpInvoker({ calls, baseUrl: "http://a", runners: ["http://b"] })).toThrow(TypeError);
  });
});

describe("failover", () => {
  test("a runner that refuses connections is left out, and has its installs again when it returns", async () => {
    const [one, other] = [await startRunner(), await startRunner()];
    const invoker = createInvoker([one, other], { probeEveryMs: 50 });
    const install = installOf(one, other);
    await invoker.invoke(aCall(install), { signal });
    await one.close();
    for (let at = 0; at < 5; at += 1) await invoker.invoke(aCall(install), { signal });
    expect(admittedBy(one, other)).toEqual([1, 5]);
    const back = await startRunner({ port: one.port });
    await vi.waitFor(() => expect(invoker.runners().every(({ isUp }) => isUp)).toBe(true), 5000);
    await invoker.invoke(aCall(install), { signal });
    expect(admittedBy(back, other)).toEqual([1, 5]);
  });

  test("all of them away: tried again until one is there", async () => {
    const [one, other] = [await startRunner(), await startRunner()];
    const invoker = createInvoker([one, other]);
    await Promise.all([one.close(), other.close()]);
    const pending = invoker.invoke(aCall(installOf(one, other)), { signal });
    const back = await startRunner({ port: other.port });
    expect(await pending).toMatchObject({ status: 200 });
    expect(admittedBy(back)).toEqual([1]);
  });

  test("a call that may have run is not sent again", async () => {
    const [one, other] = [await startRunner({ answer: lose }), await startRunner()];
    const pending = createInvoker([one, other]).invoke(aCall(installOf(one, other)), { signal });
    await expect(pending).rejects.toMatchObject({ code: "runner_crashed" });
    expect(admittedBy(one, other)).toEqual([1, 0]);
  });

  test.each(["GET", "HEAD"])("a %s whose connection is lost is sent again, once", async (method) => {
    const [one, other] = [await startRunner({ answer: lose }), await startRunner()];
    const answer = createInvoker([one, other]).invoke(aCall(installOf(one, other), method), { signal });
    expect(await answer).toMatchObject({ status: 200 });
    expect(admittedBy(one, other)).toEqual([1, 1]);

    const losers = [await startRunner({ answer: lose }), await startRunner({ answer: lose })] as const;
    const third = await startRunner();
    const pending = createInvoker([...losers, third]).invoke(aCall(installOf(...losers, third), method), {
      signal,
    });
    await expect(pending).rejects.toMatchObject({ code: "runner_crashed" });
    expect(admittedBy(...losers, third)).toEqual([1, 1, 0]);
  });

  test("a call its caller gave up is not sent again, not even a GET", async () => {
    const arrived = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const one = await startRunner({
      answer: (_request, { outgoing }) => {
        outgoing.once("close", () => gone.resolve());
        arrived.resolve();
        return null;
      },
    });
    const other = await startRunner();
    const caller = new AbortController();
    const pending = createInvoker([one, other]).invoke(aCall(installOf(one, other), "GET"), {
      signal: caller.signal,
    });
    await arrived.promise;
    caller.abort();
    await expect(pending).rejects.toMatchObject({ code: "runner_crashed" });
    await gone.promise;
    expect(admittedBy(one, other)).toEqual([1, 0]);
  });

  test.each(["not_admitted", "not_admitted: queue", "not_admitted: concurrent"])(
    "what a runner answers with %s runs on another",
    async (error) => {
      const [one, other] = [await startRunner({ answer: say(error) }), await startRunner()];
      const answer = await createInvoker([one, other]).invoke(aCall(installOf(one, other)), { signal });
      expect(answer).toMatchObject({ status: 200, error: null });
      expect(admittedBy(one, other)).toEqual([1, 1]);
    },
  );

  test("a refusal before the call is looked at runs on another, too", async () => {
    const one = await startRunner({
      answer: (_request, { outgoing }) => {
        outgoing.writeHead(503).end('{"error":"not_admitted"}');
        return null;
      },
    });
    const other = await startRunner();
    const answer = await createInvoker([one, other]).invoke(aCall(installOf(one, other)), { signal });
    expect(answer).toMatchObject({ status: 200 });
  });

  test.each([
    "overloaded: queuePerTenant",
    "not_admitted: crash_loop",
    "runner_crashed",
    "not_admitted_ever",
  ])("%s is the extension's or tenant's own and does not spill over", async (error) => {
    const [one, other] = [await startRunner({ answer: say(error) }), await startRunner()];
    const invoker = createInvoker([one, other]);
    expect(await invoker.invoke(aCall(installOf(one, other), "GET"), { signal })).toMatchObject({ error });
    expect(admittedBy(one, other)).toEqual([1, 0]);
  });

  test("calls that too many others wait before run on another, and are not_admitted when there is none", async () => {
    const ends: (() => void)[] = [];
    const answer = (): Promise<ExecuteResponse> =>
      new Promise((resolve) => ends.push(() => resolve(guestAnswer())));
    const [one, other] = [await startRunner({ answer }), await startRunner({ answer })];
    const invoker = createInvoker([one, other], { connections: 1 });
    const install = installOf(one, other);
    const pending = Array.from({ length: 16 }, () => invoker.invoke(aCall(install), { signal }));
    await vi.waitFor(() => expect(invoker.runners().map(({ inFlight }) => inFlight)).toEqual([8, 8]));
    await expect(invoker.invoke(aCall(install), { signal })).rejects.toMatchObject({ code: "not_admitted" });
    expect(invoker.runners().every(({ isUp }) => isUp)).toBe(true);
    const answered = Promise.all(pending);
    const release = setInterval(() => ends.splice(0).forEach((end) => end()), 1);
    expect((await answered).every(({ status }) => status === 200)).toBe(true);
    clearInterval(release);
    expect(admittedBy(one, other)).toEqual([8, 8]);
  });

  test("full everywhere is what the caller is told", async () => {
    const runners = [await startRunner({ answer: say("not_admitted: cells") })];
    runners.push(await startRunner({ answer: say("not_admitted: cells") }));
    const answer = await createInvoker(runners).invoke(aCall("install-1"), { signal });
    expect(answer).toMatchObject({ status: 503, error: "not_admitted: cells" });
    expect(admittedBy(...runners)).toEqual([1, 1]);
  });

  test("a runner that is closing is left out before calls find out", async () => {
    let isReady = true;
    const [one, other] = [await startRunner({ isReady: () => isReady }), await startRunner()];
    const invoker = createInvoker([one, other], { probeEveryMs: 20 });
    isReady = false;
    await vi.waitFor(() => expect(invoker.runners().find(({ url }) => url === one.url)?.isUp).toBe(false));
    await invoker.invoke(aCall(installOf(one, other)), { signal });
    expect(admittedBy(one, other)).toEqual([0, 1]);
  });

  test("a runner that does not know this gateway is left out", async () => {
    const stranger = await startRunner({ keys: await generateCallKeys() });
    const other = await startRunner();
    const invoker = createInvoker([stranger, other]);
    expect(await invoker.invoke(aCall(installOf(stranger, other)), { signal })).toMatchObject({
      status: 200,
    });
    expect(invoker.runners().find(({ url }) => url === stranger.url)?.isUp).toBe(false);
  });

  test("one that would refuse every call is no more ready than one that says so", async () => {
    const stranger = await startRunner({ keys: await generateCallKeys() });
    const invoker = createInvoker([stranger, await startRunner()], { probeEveryMs: 20 });
    await vi.waitFor(() =>
      expect(invoker.runners().find(({ url }) => url === stranger.url)?.isUp).toBe(false),
    );
  });

  test("a call that makes no request is nobody's illness", async () => {
    const [one, other] = [await startRunner(), await startRunner()];
    const invoker = createInvoker([one, other]);
    const call = aCall("install-1");
    const { context } = call.request;
    const broken = { ...call, request: { ...call.request, context: { ...context, tenant_id: "a\nb" } } };
    await expect(invoker.invoke(broken, { signal })).rejects.toMatchObject({ code: "bad_gateway" });
    expect(invoker.runners().every(({ isUp }) => isUp)).toBe(true);
  });

  test("a host that never answers is left out", async () => {
    const held = createServer();
    await new Promise<void>((resolve) => held.listen(0, "127.0.0.1", resolve));
    const sockets = new Set<{ destroy(): void }>();
    held.on("connection", (socket) => sockets.add(socket));
    opened.push({
      close: () =>
        new Promise((resolve) => {
          held.close(() => resolve());
          for (const socket of sockets) socket.destroy();
        }),
    });
    const url = `http://127.0.0.1:${(held.address() as AddressInfo).port}`;
    const other = await startRunner();
    const invoker = createInvoker([], { runners: [url, other.url], probeEveryMs: 20 });
    await vi.waitFor(() => expect(invoker.runners().find((one) => one.url === url)?.isUp).toBe(false));
    expect(await invoker.invoke(aCall("install-1"), { signal })).toMatchObject({ status: 200 });
  });

  test("whatever runners do, what changes something runs at most once, and runs when one has room", async () => {
    const acts = ["ok", "lost", "full", "forgot"] as const;
    const ran: string[] = [];
    const script: (typeof acts)[number][] = ["ok", "ok", "ok"];
    const runners = await Promise.all(
      script.map((_act, at) =>
        startRunner({
          answer: (request, raw) => {
            if (script[at] === "full") return guestAnswer({ status: 503, error: "not_admitted: queue" });
            ran.push(request.context.request_id ?? "");
            return script[at] === "lost" ? lose(request, raw) : guestAnswer();
          },
        }),
      ),
    );
    // Nobody stays out for long: every call finds them as the script says.
    const invoker = createInvoker(runners, { probeEveryMs: 60_000 });
    const act = fc.constantFrom(...acts);
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(act, act, act),
        fc.constantFrom("POST", "PUT", "PATCH", "DELETE"),
        fc.nat(30),
        async (chosen, method, install) => {
          ran.length = 0;
          for (const [at, one] of chosen.entries()) {
            script[at] = one;
            if (one === "forgot") runners[at]?.forgetSessions();
          }
          const outcome = await invoker
            .invoke(aCall(`install-${install}`, method), { signal })
            .then(({ error }) => error ?? "ok")
            .catch((error: unknown) => (error as { code: string }).code);
          expect(ran.length).toBeLessThanOrEqual(1);
          if (outcome === "ok") expect(ran).toHaveLength(1);
          if (!chosen.includes("lost")) {
            expect(outcome).toBe(chosen.every((one) => one === "full") ? "not_admitted: queue" : "ok");
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("discovery", () => {
  test("follows the list; connections to those that stay are kept, those that left get no more calls", async () => {
    const [one, other] = [await startRunner(), await startRunner()];
    let list = [one.url];
    let asked = 0;
    const invoker = createInvoker([], {
      runners: [],
      discover: async () => {
        asked += 1;
        return list;
      },
      discoverEveryMs: 10,
    });
    await invoker.invoke(aCall("install-1"), { signal });
    list = [one.url, other.url];
    await vi.waitFor(() => expect(invoker.runners()).toHaveLength(2));
    await invoker.invoke(aCall(installOf(one, other)), { signal });
    await invoker.invoke(aCall(installOf(other, one)), { signal });
    expect(one.handshakes()).toBe(1);
    list = [other.url];
    await vi.waitFor(() => expect(invoker.runners().map(({ url }) => url)).toEqual([other.url]));
    await invoker.invoke(aCall(installOf(one, other)), { signal });
    expect(admittedBy(one, other)).toEqual([2, 2]);
    expect(asked).toBeGreaterThan(2);
  });

  test.each([
    ["fails", () => Promise.reject(new Error("no DNS"))],
    ["is empty", async () => []],
    ["makes no sense", async () => ["runner"]],
    ["is endless", async () => Array.from({ length: 300 }, (_, at) => `http://10.0.0.${at}`)],
  ])("an answer that %s changes nothing", async (_name, answer) => {
    const one = await startRunner();
    let asked = 0;
    const warnings: string[] = [];
    const invoker = createInvoker([one], {
      discover: () => {
        asked += 1;
        return answer();
      },
      discoverEveryMs: 5,
      logger: { warn: (event) => void warnings.push(event), error() {} },
    });
    await vi.waitFor(() => expect(asked).toBeGreaterThan(1));
    expect(invoker.runners().map(({ url }) => url)).toEqual([one.url]);
    expect(await invoker.invoke(aCall("install-1"), { signal })).toMatchObject({ status: 200 });
    expect(warnings).toContain("runner_discovery_failed");
  });
});

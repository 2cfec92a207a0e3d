import { describe, expect, it } from "vitest";
import type { ExecuteRequest, ExecuteResponse } from "@alga-ext/protocol";
import { requestFor } from "../../test-support/test-runner.ts";
import { createIdempotentExecutor } from "./idempotent-executor.ts";

const HASH = `sha256:${"0".repeat(64)}` as const;
const USAGE = { duration_ms: 1, egress_bytes: 2, host_calls: 3, log_lines: [] };

/** An executor over one that answers with the number of the call, or as told. */
function start(answer: (call: number) => Partial<ExecuteResponse> = () => ({})) {
  let calls = 0;
  let hold: Promise<void> = Promise.resolve();
  const executor = createIdempotentExecutor({
    executor: {
      async execute() {
        calls += 1;
        const call = calls;
        await hold;
        return {
          status: 200,
          headers: {},
          body_b64: String(call),
          error: null,
          usage: USAGE,
          ...answer(call),
        };
      },
    },
    metrics: { cache: () => undefined, call: () => undefined },
    ttlMs: 60_000,
    maxBytes: 1024 * 1024,
  });
  return {
    calls: () => calls,
    holdBack: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      hold = promise;
      return resolve;
    },
    post: (
      body: string,
      overrides: Partial<ExecuteRequest> & { tenant?: string; install?: string; key?: string } = {},
    ) => {
      const { key = "key-1", ...rest } = overrides;
      const request = requestFor(HASH, "/", { http: { method: "POST", path: "/", body_b64: body }, ...rest });
      return executor.execute(request, { idempotencyKey: key });
    },
  };
}

describe("a call with an idempotency key", () => {
  it("runs once, and repeats report no use", async () => {
    const { post, calls } = start();
    expect(await post("a")).toMatchObject({ body_b64: "1", usage: USAGE });
    expect(await post("a")).toMatchObject({ body_b64: "1", usage: { host_calls: 0, egress_bytes: 0 } });
    expect(calls()).toBe(1);
  });

  it("is the same when headers, version, secrets and request id differ", async () => {
    const { post, calls } = start();
    await post("a");
    const again = requestFor(`sha256:${"1".repeat(64)}`, "/");
    await post("a", {
      context: { ...again.context, request_id: "req-2" },
      http: { method: "POST", path: "/", body_b64: "a", headers: { "x-request-id": "req-2" } },
      secret_envelope: { ciphertext_b64: "another" },
    });
    expect(calls()).toBe(1);
  });

  it.each([
    ["tenant", { tenant: "other" }],
    ["install", { install: "33333333-3333-4333-8333-333333333333" }],
    ["user", { user: { user_id: "u-2", user_email: "", user_name: "", user_type: "internal" } }],
    ["key", { key: "key-2" }],
  ])("is another one for another %s", async (_name, overrides) => {
    const { post, calls } = start();
    await post("a");
    expect(await post("b", overrides)).toMatchObject({ error: null, body_b64: "2" });
    expect(calls()).toBe(2);
  });

  it("refuses the key for another body, while the first runs and after", async () => {
    const { post, calls, holdBack } = start();
    const release = holdBack();
    const first = post("a");
    expect(await post("b")).toMatchObject({ status: 409, error: "conflict" });
    release();
    await first;
    expect(await post("b")).toMatchObject({ status: 409, error: "conflict" });
    expect(calls()).toBe(1);
  });

  it("shares one run between callers at once", async () => {
    const { post, calls, holdBack } = start();
    const release = holdBack();
    const both = [post("a"), post("a")];
    release();
    const answers = await Promise.all(both);
    expect(answers.map((answer) => [answer.body_b64, answer.usage?.host_calls])).toEqual([
      ["1", 3],
      ["1", 0],
    ]);
    expect(calls()).toBe(1);
  });

  it("keeps what guests answer, whatever its status, and no failure of the runner", async () => {
    const failing = start((call) =>
      call === 1 ? { status: 502, error: "runner_crashed" } : { status: 500 },
    );
    expect(await failing.post("a")).toMatchObject({ error: "runner_crashed" });
    expect(await failing.post("a")).toMatchObject({ status: 500, error: null });
    expect(await failing.post("a")).toMatchObject({ status: 500, body_b64: "2" });
    expect(failing.calls()).toBe(2);
  });

  it("keeps nothing under a key that is the request's own id", async () => {
    const { post, calls } = start();
    await post("a", { key: "req-1" });
    expect(await post("a", { key: "req-1" })).toMatchObject({ body_b64: "2" });
    expect(await post("b", { key: "req-1" })).toMatchObject({ error: null });
    expect(calls()).toBe(3);
  });

  it("does not keep an answer that would take the memory for itself", async () => {
    const { post, calls } = start((call) => ({ body_b64: call === 1 ? "x".repeat(200_000) : "small" }));
    await post("a");
    await post("a");
    expect(calls()).toBe(2);
  });
});

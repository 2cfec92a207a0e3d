import type { ExecuteResponse } from "@alga-ext/protocol";
import type { RunnerCall, RunnerInvoker } from "../ports.ts";

/** An invoker that answers from a function and remembers its calls. */
export interface FakeInvoker extends RunnerInvoker {
  readonly calls: readonly RunnerCall[];
}

/** Create an invoker without a runner. @default answers 200 `{"ok":true}` */
export function createFakeInvoker(
  answer: (
    call: RunnerCall,
    signal: AbortSignal,
  ) => Partial<ExecuteResponse> | Promise<Partial<ExecuteResponse>> = () => ({}),
): FakeInvoker {
  const calls: RunnerCall[] = [];
  return {
    calls,
    async invoke(call, { signal }) {
      calls.push(call);
      return guestAnswer(await answer(call, signal));
    },
  };
}

/** A runner's answer; 200 `{"ok":true}` as JSON unless said otherwise. */
export function guestAnswer(overrides: Partial<ExecuteResponse> = {}): ExecuteResponse {
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body_b64: btoa('{"ok":true}'),
    error: null,
    ...overrides,
  };
}

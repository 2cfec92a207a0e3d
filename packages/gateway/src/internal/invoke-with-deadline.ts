import type { ExecuteResponse } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import type { RunnerCall, RunnerInvoker } from "../ports.ts";

/**
 * Invoke, but be done when the guard time is over or the caller is gone, whatever the invoker does.
 *
 * @throws {GatewayError} `deadline_exceeded`; `bad_gateway` with `details.reason` `client_disconnected`; whatever
 *   code the invoker rejects with.
 */
export function invokeWithDeadline(
  invoker: RunnerInvoker,
  call: RunnerCall,
  options: { readonly guardMs: number; readonly clientSignal: AbortSignal },
): Promise<ExecuteResponse> {
  const { guardMs, clientSignal } = options;
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const settle = (): void => {
      clearTimeout(timer);
      clientSignal.removeEventListener("abort", onGone);
    };
    const end = (reason: GatewayError): void => {
      settle();
      reject(reason);
      controller.abort(reason);
    };
    const onGone = (): void =>
      end(
        new GatewayError("bad_gateway", "The caller went away.", {
          details: { reason: "client_disconnected" },
        }),
      );
    const timer = setTimeout(
      () => end(new GatewayError("deadline_exceeded", "The extension did not answer in time.")),
      guardMs,
    );
    clientSignal.addEventListener("abort", onGone, { once: true });
    if (clientSignal.aborted) onGone();
    // Whichever comes first counts; an invoker that settles late is heard by nobody.
    invoker.invoke(call, { signal: controller.signal }).then(
      (answer) => {
        settle();
        resolve(answer);
      },
      (error: unknown) => {
        settle();
        reject(
          error instanceof GatewayError
            ? error
            : new GatewayError("bad_gateway", "The runner could not carry out the call.", { cause: error }),
        );
      },
    );
  });
}

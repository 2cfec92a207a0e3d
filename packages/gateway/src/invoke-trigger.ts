import type { Principal, Trigger, TriggerOutcome } from "@alga-ext/protocol";
import { GatewayError, toErrorResponse } from "./errors.ts";
import { toResponse } from "./internal/answer.ts";
import { toCallTarget } from "./internal/call-target.ts";
import { runCall, type PipelineOptions } from "./pipeline.ts";

/**
 * Let an event or a schedule in: resolved, matched, authorized, limited, recorded and run as every other call.
 *
 * No person makes it, so the guest sees no user. Its repetitions are its sender's: an answer is not kept for them, but
 * runner and guest can tell them by the delivery's id.
 */
export async function invokeTrigger(
  options: PipelineOptions,
  trigger: Trigger,
  signal: AbortSignal,
): Promise<TriggerOutcome> {
  const requestId = crypto.randomUUID();
  const { method } = trigger.endpoint;
  const path = `/api/ext/${encodeURIComponent(trigger.installId)}${trigger.endpoint.path}`;
  const watch = options.telemetry?.watch(new Request(`http://trigger.internal${path}`, { method }));
  const watched =
    watch === undefined
      ? options
      : { ...options, watch, logger: watch.logger(options.logger), invoker: watch.invoker(options.invoker) };
  const run = async (): Promise<Response> => {
    try {
      return await makeCall(watched, trigger, { requestId, path, signal });
    } catch (error) {
      watch?.failed(error);
      if (!(error instanceof GatewayError))
        watched.logger.error("trigger_failed", { requestId, error: String(error) });
      return toErrorResponse(error, requestId);
    }
  };
  const response = watch === undefined ? await run() : await watch.run(run);
  watch?.ended(response.status);
  return toOutcome(response);
}

async function makeCall(
  options: PipelineOptions,
  trigger: Trigger,
  about: { readonly requestId: string; readonly path: string; readonly signal: AbortSignal },
): Promise<Response> {
  const { endpoint, payload, deliveryId } = trigger;
  const hasBody = endpoint.method !== "GET" && payload !== null;
  const answer = await runCall(options, {
    requestId: about.requestId,
    principal: toPrincipal(trigger),
    target: toCallTarget(about.path),
    headers: new Headers({
      accept: "application/json",
      ...(hasBody ? { "content-type": "application/json" } : {}),
    }),
    givenKey: undefined,
    repeatKey: deliveryId,
    signal: about.signal,
    responseMethod: endpoint.method,
    trigger,
    shape: async () => ({
      method: endpoint.method,
      query: {},
      readBody: async () => (hasBody ? new TextEncoder().encode(JSON.stringify(payload)) : null),
    }),
  });
  return toResponse(answer);
}

/** What the host's own policy, the limits and the log know it as. */
function toPrincipal({ kind, tenantId }: Trigger): Principal {
  return {
    tenantId,
    userId: `system:${kind}`,
    userType: "service",
    email: "",
    name: kind === "event" ? "Events" : "Schedules",
    permissions: ["extension:read", "extension:write"],
  };
}

async function toOutcome(response: Response): Promise<TriggerOutcome> {
  const { status } = response;
  if (status < 400) return { ok: true };
  const { error, message } = toWireError(await response.text());
  return {
    ok: false,
    code: error ?? `status_${status}`,
    message: message ?? `The extension answered ${status}.`,
    // Too busy or too late may pass; a refusal will not.
    retryable: status >= 500 || status === 408 || status === 429,
  };
}

function toWireError(text: string): { readonly error?: string; readonly message?: string } {
  try {
    const { error, message } = JSON.parse(text) as Record<string, unknown>;
    return {
      ...(typeof error === "string" ? { error } : {}),
      ...(typeof message === "string" ? { message } : {}),
    };
  } catch {
    return {};
  }
}

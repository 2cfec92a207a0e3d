import type { Principal, Trigger, TriggerInvoker, TriggerOutcome } from "@alga-ext/protocol";

/** Calls that no person made, on their way through the gateway. */
export interface TriggerCalls extends TriggerInvoker {
  /** Who makes a request, when it is one of these calls; undefined for every other request. */
  principalOf(request: Request): Principal | undefined;
}

/**
 * Let events and schedules in by the door that everybody takes: each becomes a request to `/api/ext/…` of the gateway,
 * so it meets the same install, endpoint, policy, limits and log, and the same runner.
 *
 * Who asks is known by the request object itself, which never leaves this process: no header or key says it, so nobody
 * outside can.
 */
export function createTriggerInvoker(
  gatewayFetch: (request: Request) => Promise<Response | null>,
): TriggerCalls {
  const principals = new WeakMap<Request, Principal>();
  return {
    principalOf: (request) => principals.get(request),
    async invoke(trigger, { signal }) {
      const { method, path } = trigger.endpoint;
      const hasBody = method !== "GET" && trigger.payload !== null;
      const url = new URL(`/api/ext/${encodeURIComponent(trigger.installId)}${path}`, "http://host.internal");
      const request = new Request(url, {
        method,
        signal,
        headers: {
          accept: "application/json",
          // The same however often it is repeated.
          "x-idempotency-key": trigger.deliveryId,
          ...(hasBody ? { "content-type": "application/json" } : {}),
        },
        ...(hasBody ? { body: JSON.stringify(trigger.payload) } : {}),
      });
      principals.set(request, toPrincipal(trigger));
      const response = await gatewayFetch(request);
      return toOutcome(response);
    },
  };
}

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

async function toOutcome(response: Response | null): Promise<TriggerOutcome> {
  if (response === null) return failed("endpoint_not_found", "The gateway knows no such path.", false);
  const { status } = response;
  const text = await response.text();
  if (status < 400) return { ok: true };
  const { error, message } = toWireError(text);
  // Too busy or too late may pass; a refusal will not.
  const isRetryable = status >= 500 || status === 408 || status === 429;
  return failed(error ?? `status_${status}`, message ?? `The extension answered ${status}.`, isRetryable);
}

function failed(code: string, message: string, retryable: boolean): TriggerOutcome {
  return { ok: false, code, message, retryable };
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

import { CALL_TOKEN_HEADER, type JsonValue } from "@alga-ext/protocol";
import type { CallScope } from "../ports.ts";
import { activeTraceHeaders } from "../tracing/call-tracing.ts";

/** Where the host's internal routes are, and who we are to them. */
export interface HostApiOptions {
  /** The host application; a trailing `/api` does not count. */
  readonly baseUrl: string;
  /** Sent as `x-runner-auth`. */
  readonly token: string;
  /** @default the global one */
  readonly fetch?: typeof fetch;
}

const TIMEOUT_MS = 30_000;

/**
 * `POST {baseUrl}/api/internal/ext-{route}/install/{installId}` with the runner's token and the call's own, so that the
 * host can check who is really being served. The body of the answer is null when it is not JSON.
 */
export async function postHostApi(
  options: HostApiOptions,
  { route, scope, body }: { readonly route: string; readonly scope: CallScope; readonly body: JsonValue },
  { signal }: { readonly signal: AbortSignal },
): Promise<{ readonly status: number; readonly ok: boolean; readonly body: unknown }> {
  const base = options.baseUrl.replace(/\/+$/, "").replace(/\/api$/, "");
  const send = options.fetch ?? fetch;
  const response = await send(
    `${base}/api/internal/ext-${route}/install/${encodeURIComponent(scope.installId)}`,
    {
      method: "POST",
      redirect: "error",
      headers: {
        "content-type": "application/json",
        "x-runner-auth": options.token,
        ...activeTraceHeaders(),
        ...(scope.callToken === null ? {} : { [CALL_TOKEN_HEADER]: scope.callToken }),
        ...(scope.requestId === null ? {} : { "x-request-id": scope.requestId }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    },
  );
  const answer: unknown = await response.json().catch(() => null);
  return { status: response.status, ok: response.ok, body: answer };
}

import { GatewayError, toErrorResponse } from "../errors.ts";
import type { GatewayLogger } from "../ports.ts";
import { requestIdOf } from "./request-id.ts";

/** What passing requests on needs. */
export interface RunnerProxyOptions {
  /** Base of the runner's UI listener as this process reaches it; undefined when there is none. */
  readonly base: string | undefined;
  readonly timeoutMs: number;
  /** Path before `/runner/`, for the runner's own redirects. */
  readonly prefix: string;
  readonly logger: GatewayLogger;
}

const FORWARDED = [
  "accept",
  "accept-encoding",
  "accept-language",
  "if-modified-since",
  "if-none-match",
  "range",
  "user-agent",
] as const;
/** Of the connection. */
const DROPPED = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
] as const;
/** The one thing of a runner that browsers are meant to see; health, metrics and calls are not. */
const PUBLIC_PATH = "/ext-ui/";

/**
 * `GET|HEAD /runner/{path}` (contract §1.4): files of extension UIs through the host's own origin, for hosts whose
 * browsers cannot reach the runner. Nobody is asked who they are, and nothing of who they are is passed on.
 *
 * A page that is opened here has no origin: the answer says `sandbox` besides what the runner says. Never rejects.
 */
export async function serveRunnerProxy(
  options: RunnerProxyOptions,
  request: Request,
  { path, search }: { readonly path: string; readonly search: string },
): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  try {
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw new GatewayError("method_not_allowed", "Only GET and HEAD.", { details: { allow: "GET, HEAD" } });
    }
    if (options.base === undefined)
      throw new GatewayError("runner_not_configured", "This host does not know where its runner is.");
    if (!path.startsWith(PUBLIC_PATH)) throw new GatewayError("not_found", "The runner shows nothing here.");
    // Appended, never resolved: what is fetched is always the runner's.
    const answer = await ask(`${new URL(options.base).origin}${path}${search}`, request, options.timeoutMs);
    return toAnswer(answer, options.prefix);
  } catch (error) {
    if (!(error instanceof GatewayError))
      options.logger.error("runner_proxy_failed", { requestId, error: String(error) });
    const known = error instanceof GatewayError ? error : proxyError(error);
    return toErrorResponse(known, requestId);
  }
}

async function ask(url: string, request: Request, timeoutMs: number): Promise<Response> {
  const headers = new Headers();
  for (const name of FORWARDED) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
  const init = { method: request.method, headers, signal, redirect: "manual" as const };
  return fetch(url, init).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "TimeoutError")
      throw new GatewayError("runner_timeout", "The runner did not answer in time.", { cause });
    throw new GatewayError("runner_unreachable", "The extension runner cannot be reached.", { cause });
  });
}

function toAnswer(answer: Response, prefix: string): Response {
  const headers = new Headers(answer.headers);
  for (const name of [...DROPPED, ...(answer.headers.get("connection") ?? "").split(",")]) {
    if (name.trim() !== "") headers.delete(name.trim());
  }
  // The coding is gone once this process has read the answer, and with it the length.
  if (headers.has("content-encoding")) headers.delete("content-length");
  headers.delete("content-encoding");
  const location = headers.get("location");
  if (location !== null) {
    if (!location.startsWith("/") || location.startsWith("//")) throw proxyError(null);
    headers.set("location", `${prefix}/runner${location}`);
  }
  headers.append("content-security-policy", "sandbox allow-scripts allow-forms");
  headers.set("x-content-type-options", "nosniff");
  return new Response(answer.body, { status: answer.status, headers });
}

function proxyError(cause: unknown): GatewayError {
  return new GatewayError("runner_proxy_error", "The runner's answer cannot be passed on.", { cause });
}

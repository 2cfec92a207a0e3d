import { GatewayError, toErrorResponse } from "../errors.ts";
import { requestIdOf } from "./request-id.ts";

/** Extension UIs live on the runner's own origin: send the browser there, or say so when it is unknown. */
export function serveUiGate(request: Request, url: URL, runnerPublicBase: string | undefined): Response {
  const requestId = requestIdOf(request.headers);
  if (request.method !== "GET" && request.method !== "HEAD") {
    const details = { allow: "GET, HEAD" };
    return toErrorResponse(
      new GatewayError("method_not_allowed", "Only GET and HEAD.", { details }),
      requestId,
    );
  }
  if (runnerPublicBase === undefined) {
    const message = "Extension UIs are served by the runner; see RUNNER_PUBLIC_BASE.";
    return toErrorResponse(new GatewayError("not_found", message), requestId);
  }
  // The path starts with /ext-ui/ and is appended, never resolved, so the host cannot change.
  const location = `${new URL(runnerPublicBase).origin}${url.pathname}${url.search}`;
  return new Response(null, { status: 308, headers: { location, "cache-control": "no-store" } });
}

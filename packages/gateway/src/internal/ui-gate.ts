import type { InstallResolver, Principal } from "@alga-ext/protocol";
import { GatewayError, toErrorResponse } from "../errors.ts";
import type { UiGateMode } from "../options.ts";
import type { GatewayLogger } from "../ports.ts";
import { requestIdOf } from "./request-id.ts";

/** What the gate needs. */
export interface UiGateOptions {
  readonly mode: UiGateMode;
  readonly runnerPublicBase: string | undefined;
  readonly authenticate: (request: Request) => Promise<Principal | null>;
  readonly installs: InstallResolver;
  readonly logger: GatewayLogger;
}

const NO_STORE = { "cache-control": "no-store" };

/**
 * `GET /ext-ui/…` of the host (contract §1.4). Extension UIs live on the runner's own origin: send the browser there, or
 * say so when it is unknown or the mode wants it. Never rejects.
 */
export async function serveUiGate(options: UiGateOptions, request: Request, url: URL): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  try {
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw new GatewayError("method_not_allowed", "Only GET and HEAD.", { details: { allow: "GET, HEAD" } });
    }
    const { mode, runnerPublicBase } = options;
    if (runnerPublicBase === undefined || mode === "not_found") {
      throw new GatewayError("not_found", "Extension UIs are served by the runner; see RUNNER_PUBLIC_BASE.");
    }
    if (mode === "installed") await assertInstalled(options, request, url.pathname);
    // The path starts with /ext-ui/ and is appended, never resolved, so the host cannot change.
    const location = `${new URL(runnerPublicBase).origin}${url.pathname}${url.search}`;
    // What depends on who asks must not be remembered for the next one.
    const status = mode === "installed" ? 307 : 308;
    return new Response(null, { status, headers: { location, ...NO_STORE } });
  } catch (error) {
    if (!(error instanceof GatewayError))
      options.logger.error("ui_gate_failed", { requestId, error: String(error) });
    return toErrorResponse(error, requestId);
  }
}

async function assertInstalled(options: UiGateOptions, request: Request, pathname: string): Promise<void> {
  const principal = await options.authenticate(request);
  if (principal === null) throw new GatewayError("unauthenticated", "Log in first.");
  const [, , extensionId = "", hash = ""] = pathname.split("/");
  const { tenantId } = principal;
  const install = await options.installs.resolve({ tenantId, extensionId: extensionId.toLowerCase() });
  if (install === null || install.tenantId !== tenantId)
    throw new GatewayError("not_installed", "This extension is not installed here.");
  if (hash.replace(/%3a/i, ":") !== install.contentHash)
    throw new GatewayError("not_found", "This is not the version that is installed.");
}

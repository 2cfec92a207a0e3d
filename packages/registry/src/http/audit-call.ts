import { CodedError } from "@alga-ext/protocol";
import type { Caller, Route } from "./route.ts";
import type { RouteContext } from "./route-context.ts";

/** One try to change something. */
export interface AuditedCall {
  readonly route: Route;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  /** What it failed with; null when it was done. */
  readonly error: unknown;
}

/**
 * Keep in the audit log who tried to change what: `http.<operation>`, with what the path named and never what the body
 * held. Reading leaves no entry. The answer stands, whether or not the entry could be kept.
 */
export async function auditCall(
  { registry, request, options, requestId }: RouteContext,
  { route, caller, params, error }: AuditedCall,
): Promise<void> {
  if (route.method === "GET") return;
  const code = error instanceof CodedError ? error.code : error === null ? null : "internal_error";
  // Who floods us shall not fill the log, too.
  if (code === "rate_limited") return;
  const isDenied = error instanceof CodedError && error.status === 403;
  const [resourceType, resourceId] = Object.entries(params).at(-1) ?? [];
  try {
    await registry.audit.append({
      tenantId: caller.tenantId,
      eventType: `http.${route.operationId}`,
      actor: caller.actor,
      actorEmail: caller.principal.email,
      ...(resourceType === undefined || resourceId === undefined ? {} : { resourceType, resourceId }),
      status: code === null ? "success" : isDenied ? "denied" : "failure",
      ...(code === null ? {} : { errorMessage: code }),
      details: { ...params, requestId },
      userAgent: request.headers.get("user-agent") ?? "",
    });
  } catch (failure) {
    options.logger?.error("an audit entry was lost", {
      operation: route.operationId,
      requestId,
      error: failure instanceof Error ? failure.message : String(failure),
    });
  }
}

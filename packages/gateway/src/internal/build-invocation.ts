import type {
  ExecuteContext,
  ExecuteRequest,
  ExecuteUser,
  Principal,
  ResolvedInstall,
  Trigger,
} from "@alga-ext/protocol";
import { toBase64 } from "./base64.ts";
import type { CallTarget } from "./call-target.ts";

/** Headers of the caller that a guest may see (contract §2.4); identity is never among them. */
const CALLER_HEADERS = ["accept", "content-type", "accept-encoding", "user-agent"] as const;

/** All a call is made of once it is allowed. */
export interface InvocationInput {
  readonly requestId: string;
  readonly principal: Principal;
  readonly install: ResolvedInstall;
  readonly target: CallTarget;
  readonly method: string;
  readonly query: Record<string, string>;
  readonly headers: Headers;
  readonly body: Uint8Array | null;
  readonly idempotencyKey: string | undefined;
  readonly timeoutMs: number;
  /** Set for what no person asked for: then there is no user either. */
  readonly trigger?: Trigger | undefined;
}

/** Put the execute request together from the verified principal and install, never from what the caller claims. */
export function buildInvocation(input: InvocationInput): ExecuteRequest {
  const { install, target, requestId } = input;
  return {
    context: {
      request_id: requestId,
      tenant_id: install.tenantId,
      extension_id: install.registryId,
      install_id: install.installId,
      content_hash: install.contentHash,
      version_id: install.versionId,
      config: install.config,
      ...toTriggerContext(input.trigger),
    },
    http: {
      method: input.method,
      path: target.path,
      url: target.path,
      query: input.query,
      headers: guestHeaders(input),
      ...(input.body === null ? {} : { body_b64: toBase64(input.body) }),
    },
    // The gateway gives up first: a longer time would run for nobody.
    limits: {
      ...install.limits,
      timeout_ms: Math.min(install.limits?.timeout_ms ?? input.timeoutMs, input.timeoutMs),
    },
    providers: install.providers,
    egress: install.egress,
    ...(install.secretEnvelope === null ? {} : { secret_envelope: install.secretEnvelope }),
    ...(install.secretHosts === undefined ? {} : { secret_hosts: install.secretHosts }),
    ...(input.trigger === undefined ? { user: toExecuteUser(input.principal) } : {}),
    ...(target.surface === "ext-proxy" ? { endpoint: `ui-proxy:${target.path}` } : {}),
  };
}

function guestHeaders({
  headers,
  requestId,
  install,
  idempotencyKey,
}: InvocationInput): Record<string, string> {
  const visible: Record<string, string> = {};
  for (const name of CALLER_HEADERS) {
    const value = headers.get(name);
    if (value !== null) visible[name] = value;
  }
  visible["x-request-id"] = requestId;
  visible["x-alga-tenant"] = install.tenantId;
  visible["x-alga-extension"] = install.registryId;
  if (idempotencyKey !== undefined) visible["x-idempotency-key"] = idempotencyKey;
  return visible;
}

function toTriggerContext(trigger: Trigger | undefined): Partial<ExecuteContext> {
  if (trigger === undefined) return {};
  const { kind } = trigger;
  return kind === "schedule" ? { trigger: kind, schedule_id: trigger.scheduleId } : { trigger: kind };
}

function toExecuteUser(principal: Principal): ExecuteUser {
  return {
    user_id: principal.userId,
    user_email: principal.email,
    user_name: principal.name,
    user_type: principal.userType,
    client_name: principal.clientName ?? "",
    ...(principal.clientId === undefined ? {} : { client_id: principal.clientId }),
  };
}

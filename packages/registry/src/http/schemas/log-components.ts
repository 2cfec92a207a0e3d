import { CALL_LIMITS, STORED_LIMITS } from "../../quotas/limits.ts";
import type { ComponentSchemas } from "./ref.ts";
import {
  anyObject,
  anyText,
  integer,
  list,
  nullable,
  object,
  oneOf,
  time,
  uuid,
  number,
  names,
  type Schema,
} from "./schema.ts";

/** Permissions, as keys are given them. */
export const PERMISSION = oneOf([
  "extension:read",
  "extension:write",
  "extension:manage",
  "extension:publish",
]);

/** What happened, what it took, and who may. */
export const LOG_COMPONENTS = {
  ApiKey: object({
    id: uuid,
    name: anyText,
    permissions: list(PERMISSION),
    publishers: nullable(names),
    state: oneOf(["active", "expired", "revoked"]),
    createdBy: anyText,
    createdAt: time,
    expiresAt: time,
    lastUsedAt: nullable(time),
    revokedAt: nullable(time),
  }),
  AuditRecord: object({
    id: uuid,
    at: time,
    eventType: anyText,
    actor: nullable(anyText),
    actorEmail: nullable(anyText),
    resourceType: nullable(anyText),
    resourceId: nullable(anyText),
    resourceName: nullable(anyText),
    status: anyText,
    errorMessage: nullable(anyText),
    details: anyObject,
    ipAddress: nullable(anyText),
    userAgent: nullable(anyText),
  }),
  ExecutionRecord: object({
    id: uuid,
    registryId: uuid,
    versionId: nullable(uuid),
    requestId: anyText,
    startedAt: time,
    finishedAt: nullable(time),
    status: anyText,
    method: anyText,
    path: anyText,
    endpointTemplate: nullable(anyText),
    principalKind: nullable(anyText),
    httpStatus: nullable(integer(100, 599)),
    egressBytes: number,
    hostCalls: number,
    cpuMs: number,
    memoryMbMs: number,
    durationMs: nullable(number),
    userId: nullable(anyText),
    error: nullable(anyText),
    lines: list(object({ ts: anyText, level: anyText, message: anyText })),
  }),
  LimitsInForce: object({
    plan: anyText,
    limits: object({
      windowSeconds: integer(1),
      ...toMembers(CALL_LIMITS, nullable(integer(0))),
      ...toMembers(STORED_LIMITS, nullable(integer(0))),
    }),
    used: object(toMembers(CALL_LIMITS, number)),
    resetsAt: time,
  }),
  UsageWindow: object({
    registryId: uuid,
    windowStart: time,
    invocations: integer(0),
    cpuMs: number,
    memoryMbMs: number,
    egressBytes: number,
  }),
} satisfies Partial<ComponentSchemas>;

function toMembers<const N extends string, T>(
  memberNames: readonly N[],
  schema: Schema<T>,
): { readonly [K in N]: Schema<T> } {
  return Object.fromEntries(memberNames.map((name) => [name, schema])) as { readonly [K in N]: Schema<T> };
}

import type {
  ApiKey,
  CatalogEntry,
  CatalogVersion,
  ConsentItem,
  FinalizeResult,
  Grants,
  InstallDetails,
  UploadResult,
  VersionChange,
} from "@alga-ext/protocol";
import type { AuditRecord } from "../../audit/audit.ts";
import type { DeadLetter, Delivery } from "../../events/read-deliveries.ts";
import type { Subscription } from "../../events/subscriptions.ts";
import type { InstallHistoryEntry } from "../../installs/read-history.ts";
import type { ExecutionRecord } from "../../log/list-log.ts";
import type { LimitsInForce } from "../../quotas/read-limits.ts";
import type { UsageWindow } from "../../quotas/usage.ts";
import type { Channel, ExtensionDetails } from "../../releases/get-extension.ts";
import type { ExtensionSummary } from "../../releases/list-extensions.ts";
import type { VersionSummary } from "../../releases/list-versions.ts";
import type { AdminSchedule } from "../../schedules/create-schedules.ts";
import type { SecretName } from "../../secrets/secret-names.ts";
import { CALL_LIMITS, STORED_LIMITS } from "../../quotas/limits.ts";
import {
  anyObject,
  anyText,
  anything,
  flag,
  integer,
  list,
  nullable,
  object,
  oneOf,
  text,
  time,
  uuid,
  type Schema,
} from "./schema.ts";

/** Types that several routes take or answer; each is a schema of the same name in OpenAPI. */
export interface Components {
  readonly ApiKey: ApiKey;
  readonly AuditRecord: AuditRecord;
  readonly CatalogEntry: CatalogEntry;
  readonly CatalogVersion: CatalogVersion;
  readonly Channel: Channel;
  readonly ConsentItem: ConsentItem;
  readonly DeadLetter: DeadLetter;
  readonly Delivery: Delivery;
  readonly ExecutionRecord: ExecutionRecord;
  readonly ExtensionDetails: ExtensionDetails;
  readonly ExtensionSummary: ExtensionSummary;
  readonly FinalizeResult: FinalizeResult;
  readonly Grants: Grants;
  readonly InstallDetails: InstallDetails;
  readonly InstallHistoryEntry: InstallHistoryEntry;
  readonly LimitsInForce: LimitsInForce;
  readonly Schedule: AdminSchedule;
  readonly SecretName: SecretName;
  readonly Subscription: Subscription;
  readonly UploadResult: UploadResult;
  readonly UsageWindow: UsageWindow;
  readonly VersionChange: VersionChange;
  readonly VersionSummary: VersionSummary;
}

/** Refer to a component. */
export function ref<N extends keyof Components>(name: N): Schema<Components[N]> {
  return { $ref: `#/$defs/${name}` };
}

/** Permissions, as keys are given them. */
export const PERMISSION = oneOf([
  "extension:read",
  "extension:write",
  "extension:manage",
  "extension:publish",
]);
/** `sha256:` and 64 hex digits. */
export const CONTENT_HASH: Schema<string> = { type: "string", pattern: "^sha256:[0-9a-f]{64}$" };
const HEX_DIGEST: Schema<string> = { type: "string", pattern: "^[0-9a-f]{64}$" };
const DOMAIN_STATE = oneOf([
  "pending",
  "provisioning",
  "ready",
  "error",
  "pending_configuration",
  "provisioning_enqueue_failed",
]);
/** What has become of a delivery. */
export const DELIVERY_STATE = oneOf(["pending", "delivered", "dead", "cancelled", "discarded"]);
const number: Schema<number> = { type: "number" };
const names = list(anyText);

const DELIVERY = {
  deliveryId: uuid,
  kind: oneOf(["event", "schedule"]),
  installId: uuid,
  registryId: uuid,
  subscriptionId: nullable(uuid),
  scheduleId: nullable(uuid),
  eventId: nullable(anyText),
  topic: nullable(anyText),
  key: nullable(anyText),
  scheduledFor: nullable(time),
  state: DELIVERY_STATE,
  attempts: integer(0),
  lastError: nullable(anyText),
  reason: nullable(anyText),
  createdAt: time,
  finishedAt: nullable(time),
};

const EXTENSION_SUMMARY = {
  registryId: uuid,
  slug: anyText,
  publisher: anyText,
  name: anyText,
  displayName: anyText,
  description: anyText,
  latest: nullable(anyText),
  versionCount: integer(0),
  createdAt: time,
  updatedAt: time,
};

const INSTALL_SUMMARY = {
  installId: uuid,
  registryId: uuid,
  versionId: uuid,
  version: anyText,
  slug: anyText,
  displayName: anyText,
  enabled: flag,
  contentHash: CONTENT_HASH,
  grantedCapabilities: names,
  grantedEgress: names,
  pendingConsent: list(ref("ConsentItem")),
  menuLabel: nullable(anyText),
  hasUi: flag,
  secretNames: names,
};

/** The schema of each component. */
export const COMPONENTS: { readonly [N in keyof Components]: Schema<Components[N]> } = {
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
  CatalogEntry: object({
    registryId: uuid,
    publisher: anyText,
    name: anyText,
    displayName: anyText,
    description: anyText,
    versions: list(ref("CatalogVersion")),
    install: nullable(ref("InstallDetails")),
  }),
  CatalogVersion: object({
    versionId: uuid,
    version: anyText,
    contentHash: CONTENT_HASH,
    createdAt: time,
    consent: list(ref("ConsentItem")),
    change: nullable(ref("VersionChange")),
  }),
  Channel: object({ name: anyText, versionId: uuid, version: anyText, pinned: flag }),
  ConsentItem: object({
    kind: oneOf(["capability", "egress"]),
    name: anyText,
    sentence: anyText,
    risk: oneOf(["low", "medium", "high"]),
    byDefault: flag,
  }),
  DeadLetter: object({ ...DELIVERY, payload: anything }),
  Delivery: object(DELIVERY),
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
  ExtensionDetails: object({
    ...EXTENSION_SUMMARY,
    newest: nullable(ref("VersionSummary")),
    channels: list(ref("Channel")),
    publisherKeyIds: names,
    counts: object({ published: integer(0), deprecated: integer(0), yanked: integer(0) }),
  }),
  ExtensionSummary: object(EXTENSION_SUMMARY),
  FinalizeResult: object(
    {
      extension: object({ id: uuid, name: anyText }, { publisher: anyText }),
      version: object({ id: uuid, version: anyText }),
      contentHash: HEX_DIGEST,
      canonicalKey: anyText,
    },
    { warnings: names },
  ),
  Grants: object({ capabilities: list(text(512), 200), egress: list(text(512), 200) }),
  InstallDetails: object({
    ...INSTALL_SUMMARY,
    follows: nullable(anyText),
    pinned: flag,
    askedByUpdate: list(ref("ConsentItem")),
    settingProblems: list(object({ code: anyText, pointer: anyText, message: anyText })),
    domain: nullable(anyText),
    domainStatus: object({ state: DOMAIN_STATE }, { message: anyText }),
  }),
  InstallHistoryEntry: object({
    versionId: uuid,
    version: anyText,
    cause: oneOf(["install", "update", "rollback", "restore"]),
    actor: anyText,
    since: time,
    until: nullable(time),
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
  Schedule: object({
    id: uuid,
    installId: uuid,
    registryId: uuid,
    endpointId: uuid,
    endpointMethod: anyText,
    endpointPath: anyText,
    name: nullable(anyText),
    cron: anyText,
    timezone: anyText,
    enabled: flag,
    payload: anything,
    lastRunAt: nullable(time),
    lastRunStatus: nullable(oneOf(["success", "error"])),
    lastError: nullable(anyText),
    nextRunAt: nullable(time),
    createdAt: time,
  }),
  SecretName: object({ name: anyText, setAt: time }),
  Subscription: object({
    subscriptionId: uuid,
    installId: uuid,
    registryId: uuid,
    topic: anyText,
    endpoint: object({ method: anyText, path: anyText }),
    pausedAt: nullable(time),
    waiting: integer(0),
    dead: integer(0),
  }),
  UploadResult: object(
    { upload: object({ key: anyText, strategy: oneOf(["staging"]) }), filename: anyText, size: integer(1) },
    { declaredHash: HEX_DIGEST },
  ),
  UsageWindow: object({
    registryId: uuid,
    windowStart: time,
    invocations: integer(0),
    cpuMs: number,
    memoryMbMs: number,
    egressBytes: number,
  }),
  VersionChange: object({
    semver: oneOf(["none", "patch", "minor", "major"]),
    asksForMore: flag,
    consent: list(ref("ConsentItem")),
    removed: object({ capabilities: names, egress: names }),
    endpoints: object({ added: names, removed: names }),
  }),
  VersionSummary: object({
    versionId: uuid,
    version: anyText,
    contentHash: CONTENT_HASH,
    sizeBytes: integer(1),
    status: oneOf(["published", "deprecated", "yanked"]),
    reason: nullable(anyText),
    since: nullable(time),
    keyIds: names,
    publishedAt: time,
  }),
};

function toMembers<const N extends string, T>(
  memberNames: readonly N[],
  schema: Schema<T>,
): { readonly [K in N]: Schema<T> } {
  return Object.fromEntries(memberNames.map((name) => [name, schema])) as { readonly [K in N]: Schema<T> };
}

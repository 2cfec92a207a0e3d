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
import type { ExecutionRecord } from "../../log/list-log.ts";
import {
  anyText,
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
  readonly CatalogEntry: CatalogEntry;
  readonly CatalogVersion: CatalogVersion;
  readonly ConsentItem: ConsentItem;
  readonly ExecutionRecord: ExecutionRecord;
  readonly FinalizeResult: FinalizeResult;
  readonly Grants: Grants;
  readonly InstallDetails: InstallDetails;
  readonly UploadResult: UploadResult;
  readonly VersionChange: VersionChange;
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
const number: Schema<number> = { type: "number" };
const names = list(anyText);

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
  ConsentItem: object({
    kind: oneOf(["capability", "egress"]),
    name: anyText,
    sentence: anyText,
    risk: oneOf(["low", "medium", "high"]),
    byDefault: flag,
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
  UploadResult: object(
    { upload: object({ key: anyText, strategy: oneOf(["staging"]) }), filename: anyText, size: integer(1) },
    { declaredHash: HEX_DIGEST },
  ),
  VersionChange: object({
    semver: oneOf(["none", "patch", "minor", "major"]),
    asksForMore: flag,
    consent: list(ref("ConsentItem")),
    removed: object({ capabilities: names, egress: names }),
    endpoints: object({ added: names, removed: names }),
  }),
};

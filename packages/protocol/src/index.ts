/**
 * Wire types, wire errors and port shapes that gateway, registry, runner and authors share. No dependencies.
 *
 * Import from `@alga-ext/protocol`; the WIT text is at `@alga-ext/protocol/wit`.
 * @module
 */
export { CodedError, type CodedErrorOptions, type JsonValue } from "./errors.ts";
export {
  WIRE_STATUS,
  isWireErrorCode,
  wireErrorResponse,
  type WireError,
  type WireErrorCode,
} from "./wire-errors.ts";
export { contentHashHex, isContentHash, toContentHash, type ContentHash } from "./content-hash.ts";
export {
  EXECUTE_LIMIT_CODES,
  type ExecuteContext,
  type ExecuteHttp,
  type ExecuteLimitCode,
  type ExecuteCapabilityUse,
  type ExecuteEgressUse,
  type ExecuteLimitExceeded,
  type ExecuteLimitName,
  type ExecuteLimits,
  type ExecuteLogLine,
  type ExecuteMetric,
  type ExecuteRequest,
  type ExecuteResponse,
  type ExecuteUsage,
  type ExecuteUser,
  type SecretEnvelope,
} from "./execute.ts";
export {
  SERVICE_TOKEN_MAX_AGE_S,
  SERVICE_TOKEN_TYP,
  type ServiceClaims,
  type ServiceUser,
} from "./service-token.ts";
export {
  CALL_TOKEN_HEADER,
  CALL_TOKEN_MAX_AGE_S,
  CALL_TOKEN_TYP,
  HANDSHAKE_TYP,
  RUNNER_AUDIENCE,
  SESSION_KEY_MAX_AGE_S,
  type CallClaims,
  type HandshakeClaims,
  type HandshakeRequest,
  type HandshakeResponse,
} from "./call-token.ts";
export type {
  DomainState,
  InstallConfig,
  InstallDetails,
  InstallResolver,
  InstalledEndpoint,
  ResolvedInstall,
  SettingProblem,
} from "./install.ts";
export {
  SCHEDULER_STATUS,
  STORAGE_STATUS,
  type EndpointInfo,
  type HostApi,
  type ScheduleInfo,
  type ScheduleInput,
  type ScheduleMutationResult,
  type SchedulerErrorBody,
  type SchedulerErrorCode,
  type SchedulerOperation,
  type SchedulerResult,
  type StorageErrorBody,
  type StorageErrorCode,
  type StorageListResult,
  type StorageOperation,
  type StoragePutResult,
  type StorageRecord,
  type StorageResult,
  type StorageTimes,
  type StorageWrite,
} from "./host-api.ts";
export {
  bundleBlobPath,
  bundleAcceptancePath,
  bundleSignaturePath,
  type BundleSource,
  type StoredBundle,
} from "./bundle-source.ts";
export { STATEMENT_TYP, type SigningStatement, type StatementFile } from "./statement.ts";
export type { EventTrigger, ScheduleTrigger, Trigger, TriggerInvoker, TriggerOutcome } from "./trigger.ts";
export type { DebugCall, DebugEvent } from "./debug-event.ts";
export type {
  ApiKey,
  BundleRouteError,
  CatalogEntry,
  CatalogVersion,
  ConsentItem,
  ExecutionLogEntry,
  FinalizeRequest,
  FinalizeResult,
  Grants,
  InstallRequest,
  InstallSummary,
  NewApiKey,
  UploadResult,
  VersionChange,
} from "./registry-http.ts";
export type { Permission, Principal } from "./principal.ts";
export type { QuotaAmounts, QuotaLease } from "./quota.ts";

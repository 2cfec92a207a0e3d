/**
 * The one door between a host app and its extensions, as a web-standard `fetch` handler. Runtime-neutral.
 *
 * Import from `@alga-ext/gateway`; what needs Node is at `@alga-ext/gateway/node`.
 * @module
 */
export { createGateway, type Gateway } from "./create-gateway.ts";
export {
  DEBUG_START,
  type DebugEntry,
  type DebugLog,
  type DebugPage,
  type DebugQuery,
} from "./debug/debug-log.ts";
export {
  createMemoryDebugLog,
  type MemoryDebugLog,
  type MemoryDebugLogOptions,
} from "./debug/create-memory-debug-log.ts";
export type { DebugStreamOptions } from "./debug/serve-debug-stream.ts";
export type { GatewayOptions, GatewayRoute, UiGateMode } from "./options.ts";
export { gatewayOptionsFromEnv, type GatewayEnvOptions } from "./gateway-options-from-env.ts";
export { createBufferedAudit, type BufferedAudit, type BufferedAuditOptions } from "./buffered-audit.ts";
export { createInstallCache, type InstallCacheOptions } from "./install-cache.ts";
export { createMemoryIdempotency, type MemoryIdempotencyOptions } from "./memory-idempotency.ts";
export { createCallAuthority, type CallAuthorityOptions } from "./call-authority.ts";
export { createTokenBucket, type TokenBucketOptions } from "./token-bucket.ts";
export {
  createServiceTokenVerifier,
  type ServiceTokenVerifier,
  type ServiceTokenVerifierOptions,
} from "./create-service-token-verifier.ts";
export type { TraceHeaders } from "./tracing-context.ts";
export { parseExecuteResponse } from "./parse-execute-response.ts";
export { GATEWAY_STATUS, GatewayError, isGatewayErrorCode, type GatewayErrorCode } from "./errors.ts";
export type {
  Authorize,
  AuthorizeInput,
  CallAuthority,
  CallQuota,
  CallSession,
  CallTokenInput,
  ExecutionAudit,
  ExecutionFinished,
  ExecutionStarted,
  GatewayLogger,
  HostApi,
  HostCapability,
  HostCapabilityRequest,
  HostCapabilityUser,
  IdempotencyClaim,
  IdempotencyScope,
  IdempotencyStore,
  InstallResolver,
  KeptAnswer,
  QuotaAnswer,
  RateDecision,
  RateLimiter,
  RunnerCall,
  RunnerInvoker,
} from "./ports.ts";

/**
 * Fakes for tests of code around the gateway.
 *
 * Import from `@alga-ext/gateway/testing`.
 * @module
 */
export { createFakeInvoker, guestAnswer, type FakeInvoker } from "./fake-invoker.ts";
export { createTestGateway, type TestGateway } from "./create-test-gateway.ts";
export { createMemoryAudit, type MemoryAudit, type MemoryAuditRow } from "./memory-audit.ts";
export { aPrincipal, anInstall, createFakeInstalls } from "./tenants.ts";
export { generateCallKeys, type CallKeys } from "./call-keys.ts";
export {
  CONTRACT_BODY_BYTES,
  CONTRACT_PARTNER,
  CONTRACT_RUNNER_TOKEN,
  createContractHost,
  type ContractHost,
} from "./contract-host.ts";
export { CONTRACT_ROWS, type ContractRoute, type ContractRow } from "./contract-rows.ts";
export { runContractRow, type ContractRun } from "./run-contract-row.ts";
export {
  ADAPTER_CONTRACT,
  NODE_ADAPTER_CONTRACT,
  type AdaptedGateway,
  type AdapterContractCase,
  type AdapterHarness,
} from "./adapter.contract.ts";
export { INVOKER_CONTRACT, type InvokerContractCase, type InvokerHarness } from "./invoker.contract.ts";
export { startScriptedRunner, type ScriptedRunner, type ScriptedRunnerOptions } from "./scripted-runner.ts";
export {
  RATE_LIMITER_CONTRACT,
  SHARED_RATE_LIMITER_CONTRACT,
  type RateLimiterContractCase,
  type RateLimiterHarness,
} from "./rate-limiter.contract.ts";
export {
  IDEMPOTENCY_CONTRACT,
  SHARED_IDEMPOTENCY_CONTRACT,
  type IdempotencyContractCase,
  type IdempotencyHarness,
} from "./idempotency.contract.ts";
export { DEBUG_LOG_CONTRACT, type DebugLogContractCase, type DebugLogHarness } from "./debug-log.contract.ts";

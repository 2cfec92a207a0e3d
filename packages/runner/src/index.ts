/**
 * Run extension components in sandboxed processes and serve their UI. Node only.
 *
 * Import from `@alga-ext/runner`; fakes are at `@alga-ext/runner/testing`.
 * @module
 */
export { createRunner, type Runner, type RunnerOptions } from "./create-runner.ts";
export { RUNNER_STATUS, RunnerError, type RunnerErrorCode } from "./errors.ts";
export { RUNNER_LIMITS, type CellSharing, type Isolation, type RunnerLimits } from "./options.ts";
export {
  CapabilityRefusal,
  type AcceptedBundle,
  type CallScope,
  type CapabilityProvider,
  type EgressAudit,
  type EgressRecord,
  type HostScheduler,
  type HostLookup,
  type HostOwner,
  type HostStorage,
  type InstallValidator,
  type NameResolver,
  type RunnerLogger,
  type UiProxy,
} from "./ports.ts";
export type { CallLimits } from "./broker/call-limits.ts";
export type { UiProxyRoutes } from "./broker/ui-proxy.ts";
export { createServiceTokens, type ServiceTokens, type ServiceTokensOptions } from "./auth/service-tokens.ts";
export {
  createHttpCapabilityProvider,
  type HttpCapabilityProviderOptions,
} from "./adapters/http-capability-provider.ts";
export { createHttpDomainProviders } from "./adapters/http-domain-providers.ts";
export { createHttpHostScheduler } from "./adapters/http-host-scheduler.ts";
export { createHttpUiProxy, type HttpUiProxyOptions } from "./adapters/http-ui-proxy.ts";
export type { HostApiOptions } from "./adapters/post-host-api.ts";
export type { WireValue } from "./frames/wire-value.ts";
export { WALL_TIERS, type WallTier } from "./wall/wall.ts";
export { createFsBundles } from "./adapters/fs-bundles.ts";
export { createHttpBundles, type HttpBundlesOptions } from "./adapters/http-bundles.ts";
export { createS3Bundles, type S3BundlesOptions } from "./adapters/s3-bundles.ts";
export { createHttpHostLookup } from "./adapters/http-host-lookup.ts";
export { createHttpHostStorage } from "./adapters/http-host-storage.ts";
export { createHttpInstallValidator } from "./adapters/http-install-validator.ts";
export type { WarmInstall } from "./http/parse-warmup.ts";
export type { UiProfile } from "./http/content-security-policy.ts";
export { toNodeListener } from "./http/node-listener.ts";

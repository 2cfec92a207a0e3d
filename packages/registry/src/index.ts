/**
 * The authority on what is published, who installed it and what they allowed; runs on Postgres or PGlite.
 *
 * Import from `@alga-ext/registry`; adapters are at `@alga-ext/registry/adapters/*`.
 * @module
 */
export { createRegistry } from "./create-registry.ts";
export type { RegistryOptions } from "./options.ts";
export type { Registry } from "./registry.ts";
export { createRegistryHandler } from "./http/create-registry-handler.ts";
export { registryOpenApi } from "./http/registry-open-api.ts";
export type { RegistryOpenApiOptions } from "./http/to-open-api.ts";
export { createWindowLimiter, type RateLimiter, type WindowLimiterOptions } from "./http/rate-limiter.ts";
export type { RegistryHandlerOptions } from "./http/route-context.ts";
export { createApiKeyAuthenticator } from "./access/api-key-authenticator.ts";
export { chainAuthenticators, type Authenticator } from "./access/authenticator.ts";
export { createOidcPublisher } from "./access/create-oidc-publisher.ts";
export type { ApiKeys } from "./access/api-keys.ts";
export type { CreateApiKeyRequest } from "./access/create-api-key.ts";
export type { RevokeApiKeyRequest } from "./access/revoke-api-key.ts";
export type {
  OidcIssuer,
  OidcPublisherOptions,
  OidcRefusal,
  OidcRule,
  UsedTokens,
} from "./access/oidc-options.ts";
export { migrate, type MigrateOptions } from "./db/migrate.ts";
export {
  REGISTRY_STATUS,
  RegistryError,
  SchedulerError,
  StorageError,
  type RegistryErrorCode,
} from "./errors.ts";
export type {
  BlobStore,
  ByteRange,
  DeliveryQueue,
  DomainOutcome,
  DomainProvisioner,
  HeadSigner,
  KeyProvider,
  PutOutcome,
  RegistryLogger,
  WrappedKey,
} from "./ports.ts";
export { STORAGE_LIMITS } from "./storage/limits.ts";
export type { PublishRequest } from "./publish/publish.ts";
export type { PublishResult } from "./publish/publish-archive.ts";
export type {
  Publishers,
  PublisherKeyRequest,
  TransferPublisherRequest,
} from "./publishers/create-publishers.ts";
export type { PublisherRef } from "./publishers/change-publisher.ts";
export type { PublisherInfo } from "./publishers/get-publisher.ts";
export type { SweepReport, SweepRequest, Swept } from "./maintenance/sweep.ts";
export type { StageRequest } from "./uploads/stage.ts";
export type { AbortResult } from "./uploads/abort.ts";
export type { InstallExtensionRequest } from "./installs/install.ts";
export type { InstallRef } from "./installs/install-context.ts";
export type { ValidateInstallQuery } from "./installs/validate-install.ts";
export type { HostOwner } from "./domains/lookup-host.ts";
export type { InstallHistoryEntry } from "./installs/read-history.ts";
export type { RollbackRequest } from "./installs/rollback.ts";
export type { UpdateInstallRequest } from "./installs/update.ts";
export type { InstallSettings } from "./settings/read-settings.ts";
export type { Settings } from "./settings/create-settings.ts";
export type { SetSettingsRequest } from "./settings/set-settings.ts";
export type { Domains } from "./domains/create-domains.ts";
export type { DomainWork } from "./domains/provision-pending.ts";
export type { SetSecretsRequest } from "./secrets/set-secrets.ts";
export type { SecretName } from "./secrets/secret-names.ts";
export type { DataKeyRotation } from "./secrets/rotate-data-key.ts";
export type { RewrapReport } from "./secrets/rewrap-data-keys.ts";
export type { Audit, AuditEntry, AuditQuery, AuditRecord } from "./audit/audit.ts";
export type { ExecutionLog, ExecutionLogOptions } from "./log/execution-log.ts";
export type { ExecutionPage, ExecutionQuery, ExecutionRecord } from "./log/list-log.ts";
export type { LogMode } from "./log/log-writer.ts";
export type { ExecutionEnd, ExecutionStart } from "./log/rows.ts";
export type { Quotas } from "./quotas/create-quotas.ts";
export type { QuotaDecision, QuotaRefusal } from "./quotas/decide.ts";
export type { CallLimit, EffectiveLimits, QuotaLimits, StoredLimit } from "./quotas/limits.ts";
export type { LimitsInForce } from "./quotas/read-limits.ts";
export type { QuotaScope } from "./quotas/set-limits.ts";
export type { TakeRequest } from "./quotas/take.ts";
export type { Usage, UsageQuery, UsageRecord, UsageWindow } from "./quotas/usage.ts";
export type { StorageSchema, StorageSchemas } from "./storage/schemas.ts";
export type { ChainReport, VerifyChainQuery } from "./releases/verify-chain.ts";
export type { ChainAnchor, ChainProblem } from "./releases/walk-chain.ts";
export type { CatalogQuery } from "./publish/read-catalog.ts";
export type { Channel, ExtensionDetails } from "./releases/get-extension.ts";
export type { Heads } from "./releases/create-heads.ts";
export type { Releases } from "./releases/create-releases.ts";
export type { ExtensionSummary, ListExtensionsQuery } from "./releases/list-extensions.ts";
export type { ListVersionsQuery, VersionStatus, VersionSummary } from "./releases/list-versions.ts";
export type { ReleaseBundle } from "./releases/open-bundle.ts";
export type { Page, PageQuery } from "./releases/page.ts";
export type { SnapshotProof } from "./releases/prove-inclusion.ts";
export type { ReleaseRef } from "./releases/read-release-manifest.ts";
export type { SetChannelRequest } from "./releases/set-channel.ts";
export type { VersionStateRequest } from "./releases/set-version-state.ts";
export type { DeliveryWorker, DeliveryWorkerOptions } from "./events/create-delivery-worker.ts";
export type { RetryPolicy } from "./events/backoff.ts";
export type { Events } from "./events/create-events.ts";
export type { EmitRequest, EmitResult } from "./events/emit.ts";
export type { DeadLetter, DeliveriesQuery, Delivery } from "./events/read-deliveries.ts";
export type { DeadLetterSelection } from "./events/replay.ts";
export type { Subscription, SubscriptionRef } from "./events/subscriptions.ts";
export { EVENT_LIMITS } from "./events/limits.ts";
export type {
  AdminSchedule,
  AdminScheduleInput,
  ScheduleRef,
  Schedules,
} from "./schedules/create-schedules.ts";
export { SCHEDULE_LIMITS } from "./schedules/limits.ts";

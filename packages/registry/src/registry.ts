import type {
  CatalogEntry,
  FinalizeRequest,
  FinalizeResult,
  Grants,
  HostApi,
  InstallDetails,
  InstallResolver,
  Principal,
  UploadResult,
} from "@alga-ext/protocol";
import type { ApiKeys } from "./access/api-keys.ts";
import type { UsedTokens } from "./access/oidc-options.ts";
import type { Domains } from "./domains/create-domains.ts";
import type { HostOwner } from "./domains/lookup-host.ts";
import type { DeliveryWorker, DeliveryWorkerOptions } from "./events/create-delivery-worker.ts";
import type { Events } from "./events/create-events.ts";
import type { InstallExtensionRequest } from "./installs/install.ts";
import type { InstallRef } from "./installs/install-context.ts";
import type { InstallHistoryEntry } from "./installs/read-history.ts";
import type { RollbackRequest } from "./installs/rollback.ts";
import type { UpdateInstallRequest } from "./installs/update.ts";
import type { ValidateInstallQuery } from "./installs/validate-install.ts";
import type { Audit } from "./audit/audit.ts";
import type { ExecutionLog } from "./log/execution-log.ts";
import type { Quotas } from "./quotas/create-quotas.ts";
import type { Usage } from "./quotas/usage.ts";
import type { StorageSchemas } from "./storage/schemas.ts";
import type { SweepReport, SweepRequest } from "./maintenance/sweep.ts";
import type { PublishRequest } from "./publish/publish.ts";
import type { PublishResult } from "./publish/publish-archive.ts";
import type { Publishers } from "./publishers/create-publishers.ts";
import type { CatalogQuery } from "./publish/read-catalog.ts";
import type { Heads } from "./releases/create-heads.ts";
import type { Releases } from "./releases/create-releases.ts";
import type { ChainReport, VerifyChainQuery } from "./releases/verify-chain.ts";
import type { RewrapReport } from "./secrets/rewrap-data-keys.ts";
import type { DataKeyRotation } from "./secrets/rotate-data-key.ts";
import type { SecretName } from "./secrets/secret-names.ts";
import type { Settings } from "./settings/create-settings.ts";
import type { Schedules } from "./schedules/create-schedules.ts";
import type { SetSecretsRequest } from "./secrets/set-secrets.ts";
import type { AbortResult } from "./uploads/abort.ts";
import type { StageRequest } from "./uploads/stage.ts";

/** The authority on what is published, who installed it, and what they allowed. */
export interface Registry {
  /** Publish an archive; see `PublishRequest` for what it throws. */
  publish(request: PublishRequest): Promise<PublishResult>;
  /** Publishing in two steps over HTTP: stream the archive, then finalise or abort it. */
  readonly uploads: {
    stage(request: StageRequest): Promise<UploadResult>;
    finalize(request: FinalizeRequest & { readonly principal: Principal }): Promise<FinalizeResult>;
    abort(request: { readonly key: string; readonly principal: Principal }): Promise<AbortResult>;
  };
  /** Who owns the names of publishers. */
  readonly publishers: Publishers;
  /** What an operator runs now and then, such as once an hour, on one machine or on all. */
  readonly maintenance: {
    /** Remove what broken-off uploads and publishes left a day ago. */
    sweep(request?: SweepRequest): Promise<SweepReport>;
  };
  /** What can be installed, page by page, each with what this tenant has installed of it. */
  catalog(tenantId: string, query?: CatalogQuery): Promise<CatalogEntry[]>;
  /** The tenant's installs, disabled ones included. */
  installs(tenantId: string): Promise<InstallDetails[]>;
  install(request: InstallExtensionRequest): Promise<InstallDetails>;
  update(request: UpdateInstallRequest): Promise<InstallDetails>;
  /** Go back to a version the install ran before. */
  rollback(request: RollbackRequest): Promise<InstallDetails>;
  /** Hold an install on its version, or let it follow again. */
  pin(request: InstallRef & { readonly pinned: boolean }): Promise<InstallDetails>;
  setEnabled(request: InstallRef & { readonly enabled: boolean }): Promise<InstallDetails>;
  setGrants(request: InstallRef & { readonly grants: Grants }): Promise<InstallDetails>;
  /** Take an install away at once; what it stored is kept for a grace period and can be restored by `install`. */
  uninstall(request: InstallRef): Promise<void>;
  /** The versions an install ran, newest first. */
  installHistory(query: {
    readonly tenantId: string;
    readonly registryId: string;
    readonly limit?: number;
  }): Promise<InstallHistoryEntry[]>;
  /** What administrators fill in for an install. */
  readonly settings: Settings;
  /** Host names of installs: worker step and repair. */
  readonly domains: Domains;
  setSecrets(request: SetSecretsRequest): Promise<void>;
  /** Which secrets an install has and since when; no verb returns a value. */
  secretNames(request: { readonly tenantId: string; readonly registryId: string }): Promise<SecretName[]>;
  /** Give a tenant a new data key and seal its secrets with it. */
  rotateDataKey(request: { readonly tenantId: string; readonly actor?: string }): Promise<DataKeyRotation>;
  /** Wrap the data keys of all tenants, or of one, with the key provider's active key. */
  rewrapDataKeys(request?: { readonly tenantId?: string }): Promise<RewrapReport>;
  /** What the gateway asks on every call. */
  readonly resolver: Required<InstallResolver>;
  /** What a running extension asks of the host. */
  readonly hostApi: Required<HostApi>;
  /** What happens in the host, and which extensions hear of it. */
  readonly events: Events;
  /** Calls by the clock. */
  readonly schedules: Schedules;
  /** A worker that delivers events and runs schedules; any number of them, in any process. */
  createDeliveryWorker(options: DeliveryWorkerOptions): DeliveryWorker;
  /** One row per call. */
  readonly executionLog: ExecutionLog;
  /** Limits per plan, tenant and extension, and what a call takes from them. */
  readonly quotas: Quotas;
  /** What each extension of a tenant used, by the hour. */
  readonly usage: Usage;
  /** Who did what, from where. */
  readonly audit: Audit;
  /** JSON schemas of what extensions store. */
  readonly storageSchemas: StorageSchemas;
  /** Whether a runner may serve this content for this extension. */
  validateInstall(query: ValidateInstallQuery): Promise<boolean>;
  /** The active install that owns a host name. */
  lookupHost(host: string): Promise<HostOwner | null>;
  /** Find, read, deprecate and yank what is published, and move channels. */
  readonly releases: Releases;
  /** Signed statements of where the release log ends and what is published. */
  readonly heads: Heads;
  /** Check a hash chain of the release log: a tenant's, or the registry's own when no tenant is named. */
  verifyReleaseLog(query?: VerifyChainQuery): Promise<ChainReport>;
  /** Keys with which programs speak for a tenant. */
  readonly apiKeys: ApiKeys;
  /** Which single-use tokens were used, for `createOidcPublisher`. */
  readonly usedTokens: UsedTokens;
  /** Close the database. */
  close(): Promise<void>;
}

import type {
  CatalogEntry,
  FinalizeRequest,
  FinalizeResult,
  Grants,
  HostApi,
  InstallResolver,
  InstallSummary,
  Principal,
  UploadResult,
} from "@alga-ext/protocol";
import type { ApiKeys } from "./access/api-keys.ts";
import type { UsedTokens } from "./access/oidc-options.ts";
import type { InstallExtensionRequest } from "./installs/install.ts";
import type { InstallRef } from "./installs/install-context.ts";
import type { HostOwner } from "./installs/lookup-host.ts";
import type { ValidateInstallQuery } from "./installs/validate-install.ts";
import type { ExecutionLog } from "./log/execution-log.ts";
import type { PublishRequest, PublishResult } from "./publish/publish.ts";
import type { ChainReport } from "./releases/verify-chain.ts";
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
  /** Everything published, each with what this tenant has installed of it. */
  catalog(tenantId: string): Promise<CatalogEntry[]>;
  /** The tenant's installs, disabled ones included. */
  installs(tenantId: string): Promise<InstallSummary[]>;
  install(request: InstallExtensionRequest): Promise<InstallSummary>;
  update(request: InstallRef & { readonly version: string }): Promise<InstallSummary>;
  setEnabled(request: InstallRef & { readonly enabled: boolean }): Promise<InstallSummary>;
  setGrants(request: InstallRef & { readonly grants: Grants }): Promise<InstallSummary>;
  /** Remove the install and, for good, everything it stored: data, secrets, configuration. */
  uninstall(request: InstallRef): Promise<void>;
  setSecrets(request: SetSecretsRequest): Promise<void>;
  /** What the gateway asks on every call. */
  readonly resolver: InstallResolver;
  /** What a running extension asks of the host. */
  readonly hostApi: HostApi;
  /** One row per call. */
  readonly executionLog: ExecutionLog;
  /** Whether a runner may serve this content for this extension. */
  validateInstall(query: ValidateInstallQuery): Promise<boolean>;
  /** The active install that owns a host name. */
  lookupHost(host: string): Promise<HostOwner | null>;
  /** Check a hash chain of the release log: a tenant's, or the registry's own when no tenant is named. */
  verifyReleaseLog(query?: { readonly tenantId?: string }): Promise<ChainReport>;
  /** Keys with which programs speak for a tenant. */
  readonly apiKeys: ApiKeys;
  /** Which single-use tokens were used, for `createOidcPublisher`. */
  readonly usedTokens: UsedTokens;
  /** Close the database. */
  close(): Promise<void>;
}

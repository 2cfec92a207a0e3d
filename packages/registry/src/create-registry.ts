import { toTrustSource } from "@alga-ext/bundle";
import { createApiKeys } from "./access/api-keys.ts";
import { createUsedTokens } from "./access/used-tokens.ts";
import { createAudit } from "./audit/audit.ts";
import { openRegistryDb } from "./db/registry-db.ts";
import { createDomains } from "./domains/create-domains.ts";
import { lookupHost } from "./domains/lookup-host.ts";
import { createDeliveryWorker } from "./events/create-delivery-worker.ts";
import { createEvents } from "./events/create-events.ts";
import { createWake } from "./events/create-wake.ts";
import { install } from "./installs/install.ts";
import type { InstallContext } from "./installs/install-context.ts";
import { readInstalls } from "./installs/install-summary.ts";
import { pin } from "./installs/pin.ts";
import { readHistory } from "./installs/read-history.ts";
import { createInstallResolver } from "./installs/resolve-install.ts";
import { rollback } from "./installs/rollback.ts";
import { setEnabled } from "./installs/set-enabled.ts";
import { setGrants } from "./installs/set-grants.ts";
import { uninstall } from "./installs/uninstall.ts";
import { update } from "./installs/update.ts";
import { createInstallValidation } from "./installs/validate-install.ts";
import { createExecutionLog } from "./log/execution-log.ts";
import type { RegistryOptions } from "./options.ts";
import { createQuotas } from "./quotas/create-quotas.ts";
import { createUsage } from "./quotas/usage.ts";
import { sweep } from "./maintenance/sweep.ts";
import { createManifestReader } from "./publish/manifest-reader.ts";
import { publish } from "./publish/publish.ts";
import type { PublishContext } from "./publish/publish-archive.ts";
import { readCatalog } from "./publish/read-catalog.ts";
import { createPublishers } from "./publishers/create-publishers.ts";
import type { Registry } from "./registry.ts";
import { createHeads } from "./releases/create-heads.ts";
import { createReleases } from "./releases/create-releases.ts";
import { toHeadSigner } from "./releases/sign-head.ts";
import { verifyChain } from "./releases/verify-chain.ts";
import { createSchedules } from "./schedules/create-schedules.ts";
import { createScheduler } from "./schedules/create-scheduler.ts";
import { remapSchedules } from "./schedules/remap-schedules.ts";
import { createDataKeys } from "./secrets/data-key.ts";
import { rewrapDataKeys } from "./secrets/rewrap-data-keys.ts";
import { rotateDataKey } from "./secrets/rotate-data-key.ts";
import { createEnvelopeSealer } from "./secrets/seal-envelope.ts";
import { secretNames } from "./secrets/secret-names.ts";
import { setSecrets } from "./secrets/set-secrets.ts";
import { createSettings } from "./settings/create-settings.ts";
import { createStorage } from "./storage/create-storage.ts";
import { createStorageSchemas } from "./storage/schemas.ts";
import { abort } from "./uploads/abort.ts";
import { finalize } from "./uploads/finalize.ts";
import { stage } from "./uploads/stage.ts";

/**
 * Open the registry on a database, bringing its tables up to date.
 *
 * @throws {RegistryError} `schema_mismatch` on a database of another release.
 * @example
 * const registry = await createRegistry({
 *   dialect: new PGliteDialect({ pglite: await PGlite.create("data/db") }),
 *   blobs: createFsBlobs("data/blobs"),
 *   trust: await parseTrustBundle(pem),
 *   keys: createFileKeyProvider("data/keys/kek"),
 *   runnerPublicKeyPem,
 * });
 */
export async function createRegistry(options: RegistryOptions): Promise<Registry> {
  const clock = options.clock ?? Date.now;
  const { blobs, allowUnsigned = false } = options;
  const trust = options.trust === null ? null : toTrustSource(options.trust);
  if (allowUnsigned)
    options.logger?.warn("unsigned bundles are accepted: anyone who may publish may publish code");
  const headSigner = await toHeadSigner(options.headSigningKey);
  const db = await openRegistryDb(options.dialect, { migrate: options.migrate ?? true });
  const dataKeys = createDataKeys({ db, keys: options.keys, clock });
  const sealEnvelope = await createEnvelopeSealer({
    db,
    dataKeys,
    clock,
    runnerPublicKeyPem: options.runnerPublicKeyPem,
  }).catch(async (error: unknown) => {
    await db.close();
    throw error;
  });
  const readManifest = createManifestReader();
  const publishing: PublishContext = { db, blobs, trust, allowUnsigned, clock };
  const installing: InstallContext = {
    db,
    clock,
    domainRoot: options.domainRoot ?? null,
    provisionsDomains: options.domains !== undefined,
    trust,
    allowUnsigned,
    readManifest,
    uninstallGraceMs: options.uninstallGraceMs ?? 30 * 24 * 60 * 60 * 1000,
    remapSchedules,
  };
  const executionLog = createExecutionLog({
    ...options.executionLog,
    db,
    clock,
    ...(options.logger === undefined ? {} : { logger: options.logger }),
  });
  const { deliveryQueue: queue = null, logger = null } = options;
  const wake = createWake({ queue, logger });
  return Object.freeze<Registry>({
    publish: (request) => publish(publishing, request),
    uploads: Object.freeze<Registry["uploads"]>({
      stage: (request) => stage(publishing, request),
      finalize: (request) => finalize(publishing, request),
      abort: (request) => abort(publishing, request),
    }),
    publishers: createPublishers({ db, clock }),
    maintenance: Object.freeze<Registry["maintenance"]>({ sweep: (request) => sweep(publishing, request) }),
    catalog: async (tenantId, query) => readCatalog({ db, readManifest }, { ...query, tenantId }),
    installs: (tenantId) => db.withTenant(tenantId, (tx) => readInstalls(tx, { tenantId, readManifest })),
    install: (request) => install(installing, request),
    update: (request) => update(installing, request),
    rollback: (request) => rollback(installing, request),
    pin: (request) => pin(installing, request),
    installHistory: (query) => readHistory(db, query),
    setEnabled: (request) => setEnabled(installing, request),
    setGrants: (request) => setGrants(installing, request),
    uninstall: (request) => uninstall(installing, request),
    settings: createSettings({
      ...installing,
      storeSecrets: (request, alongside) => setSecrets({ db, dataKeys, clock }, request, alongside),
    }),
    domains: createDomains({ ...installing, provisioner: options.domains ?? null, logger: options.logger }),
    setSecrets: (request) => setSecrets({ db, dataKeys, clock }, request),
    secretNames: (request) => secretNames(db, request),
    rotateDataKey: (request) => rotateDataKey({ db, dataKeys, clock }, request),
    rewrapDataKeys: (request = {}) => rewrapDataKeys({ db, keys: options.keys }, request),
    resolver: createInstallResolver({ ...installing, sealEnvelope }),
    hostApi: { storage: createStorage({ db, clock }), scheduler: createScheduler({ db, clock }) },
    events: createEvents({ db, clock, wake }),
    schedules: createSchedules({ db, clock, wake }),
    createDeliveryWorker: (worker) => createDeliveryWorker({ db, clock, queue, logger }, worker),
    storageSchemas: createStorageSchemas({ db, clock }),
    executionLog,
    quotas: createQuotas({ db, clock }),
    usage: createUsage({ db, clock }),
    audit: createAudit({ db, clock }),
    validateInstall: createInstallValidation(installing),
    lookupHost: (host) => lookupHost(db, host),
    releases: createReleases({ db, blobs, clock }),
    heads: createHeads({
      db,
      clock,
      signer: headSigner,
      issuer: options.headIssuer ?? "alga-ext-registry",
      lifetimeMs: options.headLifetimeMs ?? 24 * 60 * 60 * 1000,
    }),
    verifyReleaseLog: (query) => verifyChain(db, query),
    apiKeys: createApiKeys({ db, clock }),
    usedTokens: createUsedTokens({ db, clock }),
    async close() {
      dataKeys.close();
      await executionLog.flush().finally(() => db.close());
    },
  });
}

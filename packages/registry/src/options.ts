import type { TrustPolicy, TrustSource } from "@alga-ext/bundle";
import type { Dialect } from "kysely";
import type { ExecutionLogOptions } from "./log/execution-log.ts";
import type {
  BlobStore,
  DeliveryQueue,
  DomainProvisioner,
  HeadSigner,
  KeyProvider,
  RegistryLogger,
} from "./ports.ts";

/** Options of {@link createRegistry}. */
export interface RegistryOptions {
  /** Kysely dialect of Postgres or PGlite; the registry closes it. */
  readonly dialect: Dialect;
  /** Where archives lie; runners read the same place. */
  readonly blobs: BlobStore;
  /** Whose signatures count, judged at publish and again at install; a source may change. Null to trust no key. */
  readonly trust: TrustPolicy | TrustSource | null;
  /** Let unsigned bundles in; said aloud in the log at every start. @default false */
  readonly allowUnsigned?: boolean;
  /** Wraps each tenant's data key. */
  readonly keys: KeyProvider;
  /** X25519 public key as SPKI PEM; secrets leave the registry only sealed to it. */
  readonly runnerPublicKeyPem: string;
  /** Signs heads of the release log: Ed25519 as PKCS#8 PEM, or what holds such a key. @default none, no heads */
  readonly headSigningKey?: string | HeadSigner;
  /** Name of this registry in its heads. @default "alga-ext-registry" */
  readonly headIssuer?: string;
  /** How long a head is good, in milliseconds. @default 24 hours */
  readonly headLifetimeMs?: number;
  /** Root under which each install gets a host name of its own. @default none */
  readonly domainRoot?: string | null;
  /** Makes those host names lead to the runner. @default nobody: a wildcard entry may do without */
  readonly domains?: DomainProvisioner;
  /** How long the data of an uninstalled extension is kept, in milliseconds; 0 deletes it at once. @default 30 days */
  readonly uninstallGraceMs?: number;
  /** How the execution log is written. @default strict: rows are durable before a call goes on */
  readonly executionLog?: ExecutionLogOptions;
  /** Wakes delivery workers after a commit. @default none: workers that are drained by hand do without */
  readonly deliveryQueue?: DeliveryQueue;
  /** Create missing tables at start; switch off when `migrate` runs as another role. @default true */
  readonly migrate?: boolean;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
  /** @default silent */
  readonly logger?: RegistryLogger;
}

import type { ContentHash } from "./content-hash.ts";
import type { JsonValue } from "./errors.ts";
import type { ExecuteLimits, SecretEnvelope } from "./execute.ts";
import type { ConsentItem, InstallSummary } from "./registry-http.ts";

/** An endpoint of the installed version, in declaration order (first match wins). */
export interface InstalledEndpoint {
  readonly method: string;
  /** Pattern with `:param` segments and a leading `/`. */
  readonly path: string;
  readonly handler: string;
  /** JSON Schema of the body it takes, as `@alga-ext/manifest` accepts them; absent when it takes anything. */
  readonly request?: boolean | { readonly [keyword: string]: JsonValue };
}

/** All the gateway needs to know about one tenant's install, read in one query and cacheable. */
export interface ResolvedInstall {
  readonly tenantId: string;
  readonly installId: string;
  /** Registry UUID: the extension id on the wire. */
  readonly registryId: string;
  readonly versionId: string;
  readonly version: string;
  /** `publisher.name`, lower-case. */
  readonly slug: string;
  readonly displayName: string;
  readonly contentHash: ContentHash;
  readonly endpoints: readonly InstalledEndpoint[];
  /** Effective capabilities: declared ∩ granted, plus the default-granted ones. */
  readonly providers: readonly string[];
  /** Effective egress hosts: declared ∩ granted; `host:8443` for a port of its own. */
  readonly egress: readonly string[];
  readonly config: Readonly<Record<string, string>>;
  /** Changes whenever the install changes: grants, settings, secrets, version, enabled. */
  readonly configVersion: string;
  readonly secretsVersion: string | null;
  readonly secretEnvelope: SecretEnvelope | null;
  /** Hosts that each secret may be sent to as a placeholder, by name; absent is none. */
  readonly secretHosts?: Readonly<Record<string, readonly string[]>>;
  /** Limits of this install's calls; what is left out is the tenant's or the runner's. */
  readonly limits?: ExecuteLimits;
  /** True when `ui.hooks.clientPortalMenu.label` is set: client-portal users may call. */
  readonly clientPortal: boolean;
  /** Changes whenever anything in here changes: what to compare with {@link InstallResolver.revision}. */
  readonly revision?: string;
  /** When the install last changed, RFC 3339. */
  readonly updatedAt?: string;
}

/** Port: look up the active install of an extension for a tenant. */
export interface InstallResolver {
  /**
   * Find the active install; null when the extension is absent, disabled, or another tenant's.
   *
   * `extensionId` is tried as install UUID, registry UUID, then slug. Must never answer across tenants.
   */
  resolve(query: { tenantId: string; extensionId: string }): Promise<ResolvedInstall | null>;
  /**
   * The `revision` that `resolve` would answer with now, for less work; null when it would answer null.
   *
   * Whoever kept an answer may go on using it while this says the same.
   */
  revision?(query: { tenantId: string; extensionId: string }): Promise<string | null>;
}

/**
 * How far the host name of an install is: `pending` (nobody provisions names here), `pending_configuration` (installs
 * get no names here), `provisioning`, `ready`, `error` (refused), `provisioning_enqueue_failed` (nobody took the order).
 */
export type DomainState =
  | "pending"
  | "provisioning"
  | "ready"
  | "error"
  | "pending_configuration"
  | "provisioning_enqueue_failed";

/** A setting that is not as the installed version wants it. */
export interface SettingProblem {
  /** Which rule it breaks: `missing`, `unknown_key`, `wrong_type`, … */
  readonly code: string;
  /** JSON pointer into the settings. */
  readonly pointer: string;
  readonly message: string;
}

/** A tenant's install with all that its administrator decides about. */
export interface InstallDetails extends InstallSummary {
  /** Channel or `X.Y.*` that updates follow; null for an exact version. */
  readonly follows: string | null;
  /** Stays on its version until an administrator names another one. */
  readonly pinned: boolean;
  /** The part of `pendingConsent` that an update asked for and nobody has decided on since. */
  readonly askedByUpdate: readonly ConsentItem[];
  /** Empty when the settings are complete and fit the installed version. */
  readonly settingProblems: readonly SettingProblem[];
  /** Host name of its own, or null. */
  readonly domain: string | null;
  readonly domainStatus: { readonly state: DomainState; readonly message?: string };
}

/** Answer of `POST /api/internal/ext-runner/install-config` (contract §1.8). */
export interface InstallConfig {
  readonly tenantId: string;
  readonly extensionSlug: string | null;
  readonly installId: string;
  readonly versionId: string;
  readonly registryId: string;
  readonly contentHash: string | null;
  readonly config: Readonly<Record<string, string>>;
  readonly providers: readonly string[];
  readonly configVersion: string | null;
  readonly secretsVersion: string | null;
  readonly secretEnvelope: SecretEnvelope | null;
  readonly updatedAt: string | null;
}

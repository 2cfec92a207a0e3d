import type { ContentHash } from "./content-hash.ts";
import type { SecretEnvelope } from "./execute.ts";

/** An endpoint of the installed version, in declaration order (first match wins). */
export interface InstalledEndpoint {
  readonly method: string;
  /** Pattern with `:param` segments and a leading `/`. */
  readonly path: string;
  readonly handler: string;
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
  /** Effective egress hosts: declared ∩ granted. */
  readonly egress: readonly string[];
  readonly config: Readonly<Record<string, string>>;
  /** Changes whenever anything above changes. */
  readonly configVersion: string;
  readonly secretsVersion: string | null;
  readonly secretEnvelope: SecretEnvelope | null;
  /** True when `ui.hooks.clientPortalMenu.label` is set: client-portal users may call. */
  readonly clientPortal: boolean;
}

/** Port: look up the active install of an extension for a tenant. */
export interface InstallResolver {
  /**
   * Find the active install; null when the extension is absent, disabled, or another tenant's.
   *
   * `extensionId` is tried as install UUID, registry UUID, then slug. Must never answer across tenants.
   */
  resolve(query: { tenantId: string; extensionId: string }): Promise<ResolvedInstall | null>;
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

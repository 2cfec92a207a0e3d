import type { JsonValue } from "./errors.ts";
import type { Permission } from "./principal.ts";

/** Answer of `POST /api/ext-bundles/upload-proxy` (contract §1.5). */
export interface UploadResult {
  readonly upload: { readonly key: string; readonly strategy: "staging" };
  readonly filename: string;
  readonly size: number;
  readonly declaredHash?: string;
}

/** Body of `POST /api/ext-bundles/finalize`; `signatures` is additive to the contract. */
export interface FinalizeRequest {
  readonly key: string;
  readonly size?: number;
  readonly declaredHash?: string;
  /** Accepted for compatibility; must equal the archive's own manifest. */
  readonly manifestJson?: string;
  /** General-serialisation JWS as JSON text (`bundle.tar.zst.jws`). */
  readonly signatures?: string;
}

/** Answer of `POST /api/ext-bundles/finalize`. */
export interface FinalizeResult {
  readonly extension: { readonly id: string; readonly name: string; readonly publisher?: string };
  readonly version: { readonly id: string; readonly version: string };
  /** 64 hex digits, no prefix. */
  readonly contentHash: string;
  readonly canonicalKey: string;
  /** Things that were normalised or look wrong but do not stop the publish. */
  readonly warnings?: readonly string[];
}

/** Error body of the bundle routes (contract §1.5). */
export interface BundleRouteError {
  readonly error: string;
  readonly code: string;
  readonly details?: JsonValue;
}

/** What an administrator agrees to, one line each, already in plain words. */
export interface ConsentItem {
  readonly kind: "capability" | "egress";
  /** `cap:` name or host pattern. */
  readonly name: string;
  readonly sentence: string;
  readonly risk: "low" | "medium" | "high";
  /** Granted to every extension without asking; shown, not selectable. */
  readonly byDefault: boolean;
}

/** What moving a tenant from its installed version to another one means. */
export interface VersionChange {
  /** Judged from the two manifests, not from the version numbers. */
  readonly semver: "none" | "patch" | "minor" | "major";
  /** Whether an administrator should look before updating. */
  readonly asksForMore: boolean;
  /** What this version asks for and the installed one did not. */
  readonly consent: readonly ConsentItem[];
  /** What the installed version asks for and this one does not: `cap:` names and host patterns. */
  readonly removed: { readonly capabilities: readonly string[]; readonly egress: readonly string[] };
  /** Such as `GET /items/:id`. */
  readonly endpoints: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

/** One published version in the catalogue. */
export interface CatalogVersion {
  readonly versionId: string;
  readonly version: string;
  readonly contentHash: string;
  readonly createdAt: string;
  readonly consent: readonly ConsentItem[];
  /** Beside what the tenant has installed; null for that version itself, and where nothing is installed. */
  readonly change: VersionChange | null;
  /**
   * A deprecated version installs; a yanked one is there only because it is installed, an unreadable one because it was
   * published, and neither can be installed anew. @default "published"
   */
  readonly status?: "published" | "deprecated" | "yanked" | "unreadable";
  /** Why it is not simply published, in the publisher's or the registry's words. */
  readonly reason?: string;
}

/** One row of `GET /api/extensions/catalog`. */
export interface CatalogEntry {
  readonly registryId: string;
  readonly publisher: string;
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  /** The newest ones and the installed one, newest first. */
  readonly versions: readonly CatalogVersion[];
  readonly install: InstallSummary | null;
}

/** A tenant's install as the admin page and the sidebar see it. */
export interface InstallSummary {
  readonly installId: string;
  readonly registryId: string;
  readonly versionId: string;
  readonly version: string;
  readonly slug: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly contentHash: string;
  readonly grantedCapabilities: readonly string[];
  readonly grantedEgress: readonly string[];
  /** Declared but not granted. */
  readonly pendingConsent: readonly ConsentItem[];
  /** `ui.hooks.appMenu.label`, or null when the extension has no menu entry. */
  readonly menuLabel: string | null;
  readonly hasUi: boolean;
  readonly secretNames: readonly string[];
}

/** What the administrator agreed to. */
export interface Grants {
  readonly capabilities: readonly string[];
  readonly egress: readonly string[];
}

/**
 * Body of `POST /api/v1/extensions/install`; without `grants` everything declared is granted (contract behaviour).
 *
 * Over an existing install only the same again is accepted: that version, with those grants or none named. All else is
 * 409 `ALREADY_INSTALLED`.
 */
export interface InstallRequest {
  readonly registryId: string;
  readonly version: string;
  readonly grants?: Grants;
}

/** One row of `GET /api/extensions/{registryId}/logs`, newest first. */
export interface ExecutionLogEntry {
  readonly id: string;
  readonly requestId: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** `started`, `ok`, `error`, `timeout`, `policy_denied`, `upstream_error`. */
  readonly status: string;
  readonly method: string;
  readonly path: string;
  readonly httpStatus: number | null;
  readonly durationMs: number | null;
  readonly userId: string | null;
  readonly error: string | null;
  readonly lines: readonly { readonly ts: string; readonly level: string; readonly message: string }[];
}

/** An API key as lists show it; the secret is shown once, when the key is made. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Publisher names that publishing is limited to; null for any. */
  readonly publishers: readonly string[] | null;
  readonly state: "active" | "expired" | "revoked";
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** To the hour; null when it was never used. */
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

/** A new API key; `token` is not stored and never shown again. */
export interface NewApiKey {
  readonly apiKey: ApiKey;
  /** `alga_<id>_<secret>`; sent as `x-api-key` or `authorization: Bearer`. */
  readonly token: string;
}

import type { TrustSource } from "@alga-ext/bundle";
import type { JsonValue } from "@alga-ext/protocol";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import type { ReadManifest } from "../publish/manifest-reader.ts";

/** A schedule whose endpoint another version does not have. */
export interface MissingSchedule {
  readonly scheduleId: string;
  readonly method: string;
  readonly path: string;
  readonly [field: string]: JsonValue;
}

/**
 * Move the schedules of an install to the endpoints of another version, by method and path, in the caller's
 * transaction. Answers those that have no endpoint there; with `disableMissing` it has switched them off.
 */
export type RemapSchedules = (
  tx: TenantDb,
  request: {
    readonly tenantId: string;
    readonly installId: string;
    readonly versionId: string;
    readonly disableMissing: boolean;
    readonly now: Date;
  },
) => Promise<readonly MissingSchedule[]>;

/** What every install verb works with. */
export interface InstallContext {
  readonly db: RegistryDb;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Root under which each install gets its own host name, or null for none. */
  readonly domainRoot: string | null;
  /** Whether somebody provisions host names. */
  readonly provisionsDomains: boolean;
  /** Whose signatures count; null to trust no key. */
  readonly trust: TrustSource | null;
  readonly allowUnsigned: boolean;
  readonly readManifest: ReadManifest;
  /** How long the data of an uninstalled extension is kept. */
  readonly uninstallGraceMs: number;
  readonly remapSchedules: RemapSchedules;
}

/** Which install a verb changes, and who does it. */
export interface InstallRef {
  readonly tenantId: string;
  /** UUID or slug of the extension. */
  readonly registryId: string;
  /** User id for the release log. @default "system" */
  readonly actor?: string;
}

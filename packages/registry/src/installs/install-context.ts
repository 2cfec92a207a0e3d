import type { TrustSource } from "@alga-ext/bundle";
import type { RegistryDb } from "../db/registry-db.ts";

/** What every install verb works with. */
export interface InstallContext {
  readonly db: RegistryDb;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Root under which each install gets its own host name, or null for none. */
  readonly domainRoot: string | null;
  /** Whose signatures count; null to trust no key. */
  readonly trust: TrustSource | null;
  readonly allowUnsigned: boolean;
}

/** Which install a verb changes, and who does it. */
export interface InstallRef {
  readonly tenantId: string;
  readonly registryId: string;
  /** User id for the release log. @default "system" */
  readonly actor?: string;
}

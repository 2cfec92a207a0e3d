import type { RegistryDb } from "../db/registry-db.ts";
import { sweepDeliveries, type SweptDeliveries } from "../events/sweep-deliveries.ts";
import { sweepUninstalled } from "../installs/sweep-uninstalled.ts";
import { sweepLogs, type LogRetention } from "../log/sweep-logs.ts";
import type { BlobStore } from "../ports.ts";
import { sweepStorage } from "../storage/sweep-storage.ts";
import { sweepOrphans } from "./sweep-orphans.ts";
import { sweepRows } from "./sweep-rows.ts";
import { sweepUploads } from "./sweep-uploads.ts";

/** How long something unfinished may still be finished: a day. */
const GRACE_MS = 24 * 60 * 60 * 1000;
/** How long it stays known what was told to others. */
const TOLD_MS = 7 * GRACE_MS;

/** What the janitor works with. */
export interface SweepContext {
  readonly db: RegistryDb;
  readonly blobs: BlobStore;
  readonly clock: () => number;
}

/** Things of one kind that were removed, or would be. */
export interface Swept {
  readonly count: number;
  readonly bytes: number;
}

/** What {@link sweep} takes. */
export interface SweepRequest {
  /** Milliseconds since the epoch. @default the registry's clock */
  readonly now?: number;
  /** Count, and remove nothing. @default false */
  readonly dryRun?: boolean;
  /** How long calls and hours of usage are kept. @default 30 days, 400 days */
  readonly logRetention?: LogRetention;
}

/** What {@link sweep} did. */
export interface SweepReport {
  readonly dryRun: boolean;
  /** Staged uploads that nobody finalised within a day, and the rows of those that somebody did. */
  readonly uploads: Swept;
  /** Archives, and what lies beside them, that no version names. */
  readonly orphans: Swept;
  /** What writers that died left in the blob store. A dry run does not look. */
  readonly unfinished: Swept;
  /** Entries of the outbox that were delivered a week ago. */
  readonly told: number;
  /** Uninstalled installs whose grace period is over, with their data, secrets and settings. */
  readonly uninstalled: number;
  /** Rows of the execution log and of usage that are past their retention. A dry run does not look. */
  readonly logs: { readonly executions: number; readonly usageWindows: number };
  /** Stored records that expired and nobody's write has cleared away. A dry run does not look. */
  readonly expired: number;
  /** Deliveries and events of a week ago. A dry run does not look. */
  readonly delivered: SweptDeliveries;
}

/**
 * Remove what broken-off uploads and publishes left a day ago, and the data of what was uninstalled long enough ago. What a version names is never removed, whatever is
 * published meanwhile; several janitors may run at once.
 *
 * Times of blobs are the store's own, so its clock and the registry's may differ by hours, not by a day.
 *
 * @throws {RegistryError} `database_unavailable`, `blob_store_unavailable`; what was swept until then stays swept.
 */
export async function sweep(context: SweepContext, request: SweepRequest = {}): Promise<SweepReport> {
  const { now = context.clock(), dryRun = false } = request;
  const when = { before: new Date(now - GRACE_MS), dryRun };
  const uploads = await sweepUploads(context, when);
  const orphans = await sweepOrphans(context, when);
  const unfinished = dryRun ? null : await context.blobs.discardUnfinished?.(when.before.getTime());
  const told = await sweepRows(context.db, { ...when, toldBefore: new Date(now - TOLD_MS) });
  const uninstalled = await sweepUninstalled(context.db, { now: new Date(now), dryRun });
  const swept = {
    dryRun,
    uploads,
    orphans,
    unfinished: unfinished ?? { count: 0, bytes: 0 },
    told,
    uninstalled,
  };
  if (dryRun)
    return {
      ...swept,
      logs: { executions: 0, usageWindows: 0 },
      expired: 0,
      delivered: { deliveries: 0, events: 0, expired: 0 },
    };
  const { executions, usageWindows } = await sweepLogs(context.db, {
    now,
    retention: request.logRetention ?? {},
  });
  const { records } = await sweepStorage(context.db, { now });
  const delivered = await sweepDeliveries(context.db, { now });
  return { ...swept, logs: { executions, usageWindows }, expired: records, delivered };
}

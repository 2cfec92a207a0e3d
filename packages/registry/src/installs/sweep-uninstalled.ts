import type { RegistryDb } from "../db/registry-db.ts";
import { appendEvent } from "../releases/append-event.ts";

/** What {@link sweepUninstalled} did. */
export interface UninstalledSweep {
  /** Installs whose data is gone for good. */
  readonly removed: number;
  /** Whether more may be due. */
  readonly hasMore: boolean;
}

/**
 * Delete for good what was uninstalled and whose grace period is over, each install in a transaction of its own.
 *
 * Safe to run by several processes at once.
 *
 * @param options.limit installs at most. @default 100
 */
export async function sweepUninstalled(
  { db, clock }: { readonly db: RegistryDb; readonly clock: () => number },
  { limit = 100 }: { readonly limit?: number } = {},
): Promise<UninstalledSweep> {
  const now = new Date(clock());
  const due = await db.housekeeping((tx) =>
    tx
      .selectFrom("tenant_extension_install")
      .select(["tenant_id", "id"])
      .where("purge_at", "<=", now)
      .orderBy("purge_at")
      .limit(limit)
      .execute(),
  );
  let removed = 0;
  for (const { tenant_id: tenantId, id } of due) {
    await db.withTenant(tenantId, async (tx) => {
      // Judged again: since it was listed it may have been restored, or swept by somebody else.
      const gone = await tx
        .deleteFrom("tenant_extension_install")
        .where("tenant_id", "=", tenantId)
        .where("id", "=", id)
        .where("purge_at", "<=", now)
        .returning(["registry_id", "version_id"])
        .executeTakeFirst();
      if (gone === undefined) return;
      removed += 1;
      await appendEvent(tx, {
        tenantId,
        type: "install_swept",
        actor: "system",
        payload: { registryId: gone.registry_id, installId: id, versionId: gone.version_id },
        at: now,
      });
    });
  }
  return { removed, hasMore: due.length === limit };
}

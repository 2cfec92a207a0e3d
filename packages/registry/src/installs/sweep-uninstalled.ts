import type { RegistryDb } from "../db/registry-db.ts";
import { appendEvent } from "../releases/append-event.ts";

/** Installs listed at a time. */
const BATCH = 100;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/**
 * Delete for good what was uninstalled and whose grace period is over, each install in a transaction of its own. Safe
 * to run by several processes at once.
 *
 * @returns how many installs are gone, or with `dryRun` would be.
 */
export async function sweepUninstalled(
  db: RegistryDb,
  { now, dryRun = false }: { readonly now: Date; readonly dryRun?: boolean },
): Promise<number> {
  let swept = 0;
  let after: string | undefined = FIRST_ID;
  while (after !== undefined) {
    const from: string = after;
    const due = await db.housekeeping((tx) =>
      tx
        .selectFrom("tenant_extension_install")
        .select(["tenant_id", "id"])
        .where("purge_at", "<=", now)
        .where("id", ">", from)
        .orderBy("id")
        .limit(BATCH)
        .execute(),
    );
    for (const { tenant_id: tenantId, id } of due) {
      if (dryRun || (await remove(db, { tenantId, id, now }))) swept += 1;
    }
    after = due.length < BATCH ? undefined : due.at(-1)?.id;
  }
  return swept;
}

/** False when it was restored since it was listed, or swept by somebody else. */
function remove(
  db: RegistryDb,
  { tenantId, id, now }: { readonly tenantId: string; readonly id: string; readonly now: Date },
): Promise<boolean> {
  return db.withTenant(tenantId, async (tx) => {
    const gone = await tx
      .deleteFrom("tenant_extension_install")
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .where("purge_at", "<=", now)
      .returning(["registry_id", "version_id"])
      .executeTakeFirst();
    if (gone === undefined) return false;
    await appendEvent(tx, {
      tenantId,
      type: "install_swept",
      actor: "system",
      payload: { registryId: gone.registry_id, installId: id, versionId: gone.version_id },
      at: now,
    });
    return true;
  });
}

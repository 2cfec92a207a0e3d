import type { RegistryDb } from "../db/registry-db.ts";
import { lockUsage, purgeExpired, saveUsage } from "./usage.ts";

/** Records of one transaction. */
const BATCH = 1000;
/** Expired records looked at to find the installs that hold them. */
const LOOK_AHEAD = 5000;

/**
 * Remove expired records of installs that nobody writes to any more; writers clear up after themselves.
 *
 * @returns how many went; call it again when it answers with `isDone: false`.
 */
export async function sweepStorage(
  db: RegistryDb,
  { now, maxInstalls = 100 }: { readonly now: number; readonly maxInstalls?: number },
): Promise<{ readonly records: number; readonly isDone: boolean }> {
  const at = new Date(now);
  const due = await db.housekeeping((tx) =>
    tx
      .selectFrom("ext_storage_records")
      .select(["tenant", "extension_install_id"])
      .where("ttl_expires_at", "<=", at)
      .orderBy("ttl_expires_at")
      .limit(LOOK_AHEAD)
      .execute(),
  );
  const installs = new Map(due.map((row) => [row.extension_install_id, row.tenant]));
  let records = 0;
  for (const [installId, tenantId] of [...installs].slice(0, maxInstalls)) {
    let isMore = true;
    while (isMore) {
      const swept = await db.withTenant(tenantId, async (tx) => {
        const install = await tx
          .selectFrom("tenant_extension_install")
          .select("registry_id")
          .where("tenant_id", "=", tenantId)
          .where("id", "=", installId)
          .executeTakeFirst();
        // Uninstalled meanwhile: its records went with it.
        if (install === undefined) return null;
        const scope = { tenantId, installId, registryId: install.registry_id };
        const usage = await lockUsage(tx, scope, at);
        if (usage.mayHoldExpired) await purgeExpired(tx, scope, { usage, now: at, batch: BATCH });
        await saveUsage(tx, scope, usage, at);
        return usage;
      });
      records += swept?.purged ?? 0;
      isMore = swept?.mayHoldExpired ?? false;
    }
  }
  return { records, isDone: due.length < LOOK_AHEAD && installs.size <= maxInstalls };
}

import { sql } from "kysely";
import type { RegistryDb } from "../db/registry-db.ts";

/** Forget claims of publishes that died, and what was told to others long ago; returns how much of the latter. */
export async function sweepRows(
  db: RegistryDb,
  request: { readonly before: Date; readonly toldBefore: Date; readonly dryRun: boolean },
): Promise<number> {
  const { before, toldBefore, dryRun } = request;
  if (dryRun) {
    const counted = await db.housekeeping((tx) =>
      tx
        .selectFrom("extension_outbox")
        .select(sql<string>`count(*)`.as("n"))
        .where("done_at", "<", toldBefore)
        .executeTakeFirstOrThrow(),
    );
    return Number(counted.n);
  }
  await db.shared((tx) => tx.deleteFrom("extension_blob_claim").where("created_at", "<", before).execute());
  const told = await db.housekeeping((tx) =>
    tx.deleteFrom("extension_outbox").where("done_at", "<", toldBefore).executeTakeFirst(),
  );
  return Number(told.numDeletedRows);
}

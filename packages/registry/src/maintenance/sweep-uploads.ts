import { parseStagingKey, STAGING_PREFIX, stagingKey } from "../uploads/staging-key.ts";
import type { SweepContext, Swept } from "./sweep.ts";

const PAGE = 500;

/**
 * Remove staged uploads of before a time, of every tenant: those with a row, and those of streamed publishes, which have
 * none. Finalising one at the same moment either finds all of it or is told that it is gone.
 */
export async function sweepUploads(
  { db, blobs }: SweepContext,
  { before, dryRun }: { readonly before: Date; readonly dryRun: boolean },
): Promise<Swept> {
  let [count, bytes] = [0, 0];
  let cursor: string | null = null;
  do {
    const page = await blobs.list(STAGING_PREFIX, cursor);
    for (const { key, sizeBytes, modifiedAtMs } of page.blobs) {
      if (modifiedAtMs >= before.getTime() || parseStagingKey(key) === null) continue;
      if (dryRun || (await blobs.delete(key))) [count, bytes] = [count + 1, bytes + sizeBytes];
    }
    cursor = page.cursor;
  } while (cursor !== null);

  for (let isMore = !dryRun; isMore;) {
    const rows = await db.housekeeping((tx) =>
      tx.selectFrom("extension_upload").select("id").where("created_at", "<", before).limit(PAGE).execute(),
    );
    // The blob first: a row that is left finds it again. One written late, by another clock, is younger than its row.
    for (const { id } of rows) if (await blobs.delete(stagingKey(id))) count += 1;
    const ids = rows.map(({ id }) => id);
    await db.housekeeping((tx) =>
      ids.length === 0
        ? Promise.resolve()
        : tx
            .deleteFrom("extension_upload")
            .where("id", "in", ids)
            .execute()
            .then(() => undefined),
    );
    isMore = rows.length === PAGE;
  }
  return { count, bytes };
}

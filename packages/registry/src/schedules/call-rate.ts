import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";

const WINDOW_MS = 60_000;

/**
 * Count one call against a limit per minute that all processes share; false when it is one too many.
 *
 * Calls of one bucket wait for each other until their transactions end, so that no two count the same slot.
 */
export async function countCall(
  tx: TenantDb,
  request: {
    readonly tenantId: string;
    readonly bucket: string;
    readonly perMinute: number;
    readonly now: Date;
  },
): Promise<boolean> {
  const { tenantId, bucket, perMinute } = request;
  const now = request.now.getTime();
  const row = await tx
    .insertInto("extension_call_rate")
    .values({ tenant_id: tenantId, bucket, hits: "[]" })
    // Writing what is there locks the row, and answers with it.
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "bucket"]).doUpdateSet({ hits: sql.ref("extension_call_rate.hits") }),
    )
    .returning("hits")
    .executeTakeFirstOrThrow();
  const recent = row.hits.filter((at) => at > now - WINDOW_MS && at <= now);
  if (recent.length >= perMinute) return false;
  await tx
    .updateTable("extension_call_rate")
    .set({ hits: JSON.stringify([...recent, now]) })
    .where("tenant_id", "=", tenantId)
    .where("bucket", "=", bucket)
    .execute();
  return true;
}

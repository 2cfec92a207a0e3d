import { sql } from "kysely";
import type { ContentHash } from "@alga-ext/protocol";
import type { RegistryDb, SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";

/**
 * Say that a row is about to name this digest, before looking whether its archive is stored.
 *
 * The janitor decides under the same lock: either it sees the claim and leaves the archive alone, or it is done deleting
 * when this returns and the archive is stored anew.
 *
 * @returns id of the claim, for {@link redeemClaim}
 */
export async function claimBlob(
  db: RegistryDb,
  { contentHash, now }: { readonly contentHash: ContentHash; readonly now: Date },
): Promise<string> {
  return db.shared(async (tx) => {
    await lockDigest(tx, contentHash);
    const { id } = await tx
      .insertInto("extension_blob_claim")
      .values({ content_hash: contentHash, created_at: now })
      .returning("id")
      .executeTakeFirstOrThrow();
    return id;
  });
}

/**
 * Give a claim up in the transaction that names the digest.
 *
 * @throws {RegistryError} `blob_store_unavailable` when so long passed that the claim is void.
 */
export async function redeemClaim(tx: SharedDb, claimId: string): Promise<void> {
  const { numDeletedRows } = await tx
    .deleteFrom("extension_blob_claim")
    .where("id", "=", claimId)
    .executeTakeFirst();
  if (numDeletedRows > 0n) return;
  throw new RegistryError(
    "blob_store_unavailable",
    "Storing the archive took more than a day, so it may be gone again. Publish it again.",
    { retryable: true },
  );
}

/** Wait for whoever claims or sweeps the same digest; until the transaction ends. */
export async function lockDigest(tx: SharedDb, contentHash: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`blob:${contentHash}`}, 0))`.execute(tx);
}

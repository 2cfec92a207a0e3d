import type { BlobEntry } from "../ports.ts";
import { lockDigest } from "../publish/claim-blob.ts";
import type { SweepContext, Swept } from "./sweep.ts";

/** An archive or what lies beside it. */
const CANONICAL = /^sha256\/[0-9a-f]{2}\/([0-9a-f]{64})\.tar\.zst(?:\.jws|\.accepted)?$/;

/** Remove archives of before a time that no version names and no publish claims. */
export async function sweepOrphans(
  context: SweepContext,
  { before, dryRun }: { readonly before: Date; readonly dryRun: boolean },
): Promise<Swept> {
  let [count, bytes] = [0, 0];
  let cursor: string | null = null;
  do {
    const page = await context.blobs.list("sha256/", cursor);
    const old = page.blobs.filter(({ modifiedAtMs }) => modifiedAtMs < before.getTime());
    const byDigest = Map.groupBy(old, ({ key }) => digestOf(key));
    byDigest.delete(null);
    // One question for the page: nearly everything is named, and what is named stays so for good.
    const named = await namedOf(
      context,
      [...byDigest.keys()].filter((digest) => digest !== null),
    );
    for (const [digest, entries] of byDigest) {
      if (digest === null || named.has(digest)) continue;
      const removed = await removeUnlessNeeded(context, { digest, entries, before, dryRun });
      [count, bytes] = [count + removed.count, bytes + removed.bytes];
    }
    cursor = page.cursor;
  } while (cursor !== null);
  return { count, bytes };
}

function digestOf(key: string): string | null {
  const hex = CANONICAL.exec(key)?.[1];
  return hex === undefined ? null : `sha256:${hex}`;
}

async function namedOf({ db }: SweepContext, digests: readonly string[]): Promise<ReadonlySet<string>> {
  if (digests.length === 0) return new Set();
  const rows = await db.shared((tx) =>
    tx
      .selectFrom("extension_bundle")
      .select("content_hash")
      .distinct()
      .where("content_hash", "in", digests)
      .execute(),
  );
  return new Set(rows.map((row) => row.content_hash));
}

/** The lock is held until the archive is gone: a publish that claims it meanwhile waits, and stores it anew. */
function removeUnlessNeeded(
  { db, blobs }: SweepContext,
  request: {
    readonly digest: string;
    readonly entries: readonly BlobEntry[];
    readonly before: Date;
    readonly dryRun: boolean;
  },
): Promise<Swept> {
  const { digest, entries, before, dryRun } = request;
  return db.shared(async (tx) => {
    await lockDigest(tx, digest);
    let [count, bytes] = [0, 0];
    // Claims first, rows last: a publish that commits in between gives up its claim for a row.
    const claim = await tx
      .selectFrom("extension_blob_claim")
      .select("id")
      .where("content_hash", "=", digest)
      .where("created_at", ">=", before)
      .limit(1)
      .executeTakeFirst();
    if (claim !== undefined) return { count, bytes };
    // Of an older claim, either the publish must notice that it is void, or this waits until the publish is committed.
    if (!dryRun) await tx.deleteFrom("extension_blob_claim").where("content_hash", "=", digest).execute();
    const row = await tx
      .selectFrom("extension_bundle")
      .select("id")
      .where("content_hash", "=", digest)
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined) return { count, bytes };
    for (const { key, sizeBytes } of entries) {
      if (dryRun || (await blobs.delete(key))) [count, bytes] = [count + 1, bytes + sizeBytes];
    }
    return { count, bytes };
  });
}

import type { ContentHash } from "@alga-ext/protocol";
import type { SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { patchesOf, wildcardLine } from "./version-order.ts";

/** A version that is there. */
export interface ExistingVersion {
  readonly id: string;
  readonly version: string;
}

/** What {@link claimVersion} found. */
export type ClaimedVersion =
  /** The same bytes were published before. */
  | { readonly existing: ExistingVersion }
  /** The version string to insert; no one else can take it while the transaction lasts. */
  | { readonly existing: null; readonly version: string };

/** Which version of which extension, and of what bytes. */
export interface VersionWish {
  readonly registryId: string;
  /** Exact, or `X.Y.*`. */
  readonly wanted: string;
  readonly contentHash: ContentHash;
}

/**
 * Decide the version of a publish. The extension's row is locked by the caller, so concurrent publishes come here one
 * after the other: one exact version has one winner, and every wildcard gets its own patch number.
 *
 * @throws {RegistryError} `version_exists` with the winner's digest
 */
export async function claimVersion(tx: SharedDb, wish: VersionWish): Promise<ClaimedVersion> {
  const existing = await findSame(tx, wish);
  if (existing !== null) return { existing };
  const line = wildcardLine(wish.wanted);
  if (line !== null) return { existing: null, version: await nextPatch(tx, { ...wish, line }) };
  await assertFree(tx, wish);
  return { existing: null, version: wish.wanted };
}

/**
 * Refuse an exact version that other bytes have. Versions never change, so this holds without a lock too.
 *
 * @throws {RegistryError} `version_exists` with the winner's digest
 */
export async function assertFree(tx: SharedDb, wish: VersionWish): Promise<void> {
  const winner = await tx
    .selectFrom("extension_version as v")
    .innerJoin("extension_bundle as b", "b.version_id", "v.id")
    .select("b.content_hash")
    .where("v.registry_id", "=", wish.registryId)
    .where("v.version", "=", wish.wanted)
    .executeTakeFirst();
  if (winner === undefined || winner.content_hash === wish.contentHash) return;
  throw new RegistryError("version_exists", `Version ${wish.wanted} is published with other content.`, {
    details: { version: wish.wanted, contentHash: winner.content_hash },
  });
}

/** The same bytes under the version that is wanted, or under any release of the line. */
async function findSame(tx: SharedDb, wish: VersionWish): Promise<ExistingVersion | null> {
  const rows = await tx
    .selectFrom("extension_bundle as b")
    .innerJoin("extension_version as v", "v.id", "b.version_id")
    .select(["v.id", "v.version"])
    .where("b.content_hash", "=", wish.contentHash)
    .where("v.registry_id", "=", wish.registryId)
    .execute();
  const line = wildcardLine(wish.wanted);
  return (
    rows.find(({ version }) =>
      line === null ? version === wish.wanted : patchesOf(line, [version]).length > 0,
    ) ?? null
  );
}

/** One row of an index, however many versions there are. */
async function nextPatch(
  tx: SharedDb,
  { registryId, line }: { readonly registryId: string; readonly line: string },
): Promise<string> {
  const prefix = line
    .split(".")
    .map((number) => number.padStart(10, "0"))
    .join("");
  const newest = await tx
    .selectFrom("extension_version")
    .select("version")
    .where("registry_id", "=", registryId)
    .where("is_prerelease", "=", false)
    .where("sort_key", ">=", prefix)
    .where("sort_key", "<", `${prefix}~`)
    .orderBy("sort_key", "desc")
    .limit(1)
    .executeTakeFirst();
  const [last = -1] = newest === undefined ? [] : patchesOf(line, [newest.version]);
  return `${line}.${last + 1}`;
}

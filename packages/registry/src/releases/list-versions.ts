import type { RegistryDb, SharedDb } from "../db/registry-db.ts";
import { findExtension } from "./find-extension.ts";
import { decodeCursor, toLimit, toPage, type Page, type PageQuery } from "./page.ts";

/** Whether a version is offered: a deprecated one installs with a warning, a yanked one only stays where it is. */
export type VersionStatus = "published" | "deprecated" | "yanked";

/** A version in a list. */
export interface VersionSummary {
  readonly versionId: string;
  readonly version: string;
  /** `sha256:` and 64 hex digits. */
  readonly contentHash: string;
  readonly sizeBytes: number;
  readonly status: VersionStatus;
  /** The publisher's words; null while published. */
  readonly reason: string | null;
  /** Since when; null while published. */
  readonly since: string | null;
  /** Keys that vouched for it when it was published. */
  readonly keyIds: readonly string[];
  readonly publishedAt: string;
}

/** Which versions {@link listVersions} answers. */
export interface ListVersionsQuery extends PageQuery {
  /** Registry id or slug. */
  readonly extension: string;
}

/**
 * Versions of an extension, newest first, yanked ones included.
 *
 * @throws {RegistryError} `extension_not_found`, `invalid_request`
 */
export function listVersions(db: RegistryDb, query: ListVersionsQuery): Promise<Page<VersionSummary>> {
  const limit = toLimit(query.limit);
  return db.shared(async (tx) => {
    const { id } = await findExtension(tx, query.extension);
    const list = `versions:${id}`;
    const before = decodeCursor(list, query.cursor);
    const rows = await selectVersions(tx)
      .where("v.registry_id", "=", id)
      .$if(before !== null, (page) => page.where("v.sort_key", "<", before ?? ""))
      .orderBy("v.sort_key", "desc")
      .limit(limit + 1)
      .execute();
    return toPage(rows, { limit, list, keyOf: (row) => row.sort_key, toItem: toVersionSummary });
  });
}

/** Versions with their bundle and state. */
export function selectVersions(tx: SharedDb) {
  return tx
    .selectFrom("extension_version as v")
    .innerJoin("extension_bundle as b", "b.version_id", "v.id")
    .leftJoin("extension_version_state as s", "s.version_id", "v.id")
    .select([
      "v.id",
      "v.version",
      "v.sort_key",
      "v.created_at",
      "b.content_hash",
      "b.size_bytes",
      "b.signing_key_ids",
      "s.deprecated_reason",
      "s.deprecated_at",
      "s.yanked_reason",
      "s.yanked_at",
    ]);
}

/** A row of {@link selectVersions}. */
export type VersionRow = Awaited<ReturnType<ReturnType<typeof selectVersions>["executeTakeFirstOrThrow"]>>;

/** A row of {@link selectVersions} as callers see it. */
export function toVersionSummary(row: VersionRow): VersionSummary {
  return {
    versionId: row.id,
    version: row.version,
    contentHash: row.content_hash,
    sizeBytes: Number(row.size_bytes),
    ...toStatus(row),
    keyIds: row.signing_key_ids,
    publishedAt: row.created_at.toISOString(),
  };
}

/** The status a version shows: yanked outweighs deprecated. */
export function toStatus(
  row: Pick<VersionRow, "deprecated_at" | "deprecated_reason" | "yanked_at" | "yanked_reason">,
): Pick<VersionSummary, "status" | "reason" | "since"> {
  if (row.yanked_at !== null) {
    return { status: "yanked", reason: row.yanked_reason, since: row.yanked_at.toISOString() };
  }
  if (row.deprecated_at !== null) {
    return { status: "deprecated", reason: row.deprecated_reason, since: row.deprecated_at.toISOString() };
  }
  return { status: "published", reason: null, since: null };
}

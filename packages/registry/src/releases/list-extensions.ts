import { sql } from "kysely";
import type { RegistryDb } from "../db/registry-db.ts";
import { decodeCursor, toLimit, toPage, type Page, type PageQuery } from "./page.ts";
import { toSearchQuery } from "./search-words.ts";

/** What {@link listExtensions} looks for. */
export interface ListExtensionsQuery extends PageQuery {
  /** Beginnings of words of slug, display name or description; all must occur. */
  readonly search?: string;
  /** Exact, in any letter case. */
  readonly publisher?: string;
  /** Also extensions of which every version is yanked. @default false */
  readonly includeYanked?: boolean;
}

/** An extension in a list. */
export interface ExtensionSummary {
  readonly registryId: string;
  /** `publisher.name`, lower-case. */
  readonly slug: string;
  readonly publisher: string;
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  /** What the channel `latest` points to; null without a release. */
  readonly latest: string | null;
  /** Of any status. */
  readonly versionCount: number;
  readonly createdAt: string;
  /** Of the newest publish. */
  readonly updatedAt: string;
}

const COLUMNS = ["id", "slug", "publisher", "name", "display_name", "description"] as const;

/**
 * Extensions in the order of their slugs.
 *
 * @throws {RegistryError} `invalid_request`
 */
export async function listExtensions(
  db: RegistryDb,
  query: ListExtensionsQuery = {},
): Promise<Page<ExtensionSummary>> {
  const limit = toLimit(query.limit);
  const list = "extensions";
  const after = decodeCursor(list, query.cursor);
  const search = toSearchQuery(query.search);
  const { publisher } = query;
  const rows = await db.shared((tx) =>
    tx
      .selectFrom("extension_registry as r")
      .select(COLUMNS.map((column) => `r.${column}` as const))
      .select(["r.version_count", "r.created_at", "r.updated_at"])
      .select(
        sql<string | null>`(select v.version from extension_version v where v.id = coalesce(
          (select c.version_id from extension_channel c where c.registry_id = r.id and c.name = 'latest'),
          r.latest_version_id))`.as("latest"),
      )
      .$if(after !== null, (page) => page.where("r.slug", ">", after ?? ""))
      .$if(search !== null, (page) =>
        page.where(sql<boolean>`r.search @@ to_tsquery('simple', lower(${search ?? ""}))`),
      )
      .$if(publisher !== undefined, (page) =>
        page.where(sql<boolean>`lower(r.publisher) = lower(${withoutNul(publisher ?? "")})`),
      )
      .$if(query.includeYanked !== true, (page) => page.where("r.newest_version_id", "is not", null))
      .orderBy("r.slug")
      .limit(limit + 1)
      .execute(),
  );
  return toPage(rows, {
    limit,
    list,
    keyOf: (row) => row.slug,
    toItem: (row) => ({
      registryId: row.id,
      slug: row.slug,
      publisher: row.publisher,
      name: row.name,
      displayName: row.display_name,
      description: row.description,
      latest: row.latest,
      versionCount: row.version_count,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    }),
  });
}

function withoutNul(text: string): string {
  return text.replaceAll("\0", "\u{fffd}").toWellFormed();
}

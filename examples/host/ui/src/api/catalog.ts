import type { CatalogEntry, InstallDetails } from "@alga-ext/protocol";
import type {
  ExtensionDetails,
  InstallHistoryEntry,
  LimitsInForce,
  Page,
  SecretName,
  VersionSummary,
} from "@alga-ext/registry";
import { extensionPath, request, toQuery } from "./request.ts";

/** A row of the catalogue; its install is described as fully as on the install's own page. */
export interface CatalogRow extends CatalogEntry {
  readonly install: InstallDetails | null;
}

/** One page of the catalogue. */
export interface CatalogPage {
  readonly items: readonly CatalogRow[];
  readonly nextCursor: string | null;
}

/** All there is to know about one extension. */
export interface ExtensionPageData {
  readonly extension: ExtensionDetails;
  readonly versions: Page<VersionSummary>;
  readonly install: InstallDetails | null;
  readonly history: readonly InstallHistoryEntry[];
  readonly secrets: readonly SecretName[];
  readonly quota: LimitsInForce;
}

/** What can be installed, page by page. */
export async function readCatalog(query: {
  readonly search?: string;
  readonly cursor?: string | null;
  readonly limit?: number;
}): Promise<CatalogPage> {
  const { extensions, nextCursor } = await request<{
    extensions: readonly CatalogRow[];
    nextCursor: string | null;
  }>("GET", `/api/extensions/catalog${toQuery(query)}`);
  return { items: extensions, nextCursor };
}

/** One extension with its newest versions and the tenant's install. */
export const readExtension = (extension: string): Promise<ExtensionPageData> =>
  request("GET", extensionPath(extension));

/** Versions, newest first, yanked ones included. */
export const readVersions = (extension: string, cursor: string | null): Promise<Page<VersionSummary>> =>
  request("GET", `${extensionPath(extension)}/versions${toQuery({ cursor })}`);

/** The catalogue's row of one extension, which says what its versions ask for; null when nothing is offered. */
export async function readCatalogRow({
  registryId,
  slug,
}: Pick<ExtensionDetails, "registryId" | "slug">): Promise<CatalogRow | null> {
  // A search takes ten words.
  const search = slug
    .split(/[^a-z0-9]+/)
    .slice(0, 10)
    .join(" ");
  for (let cursor: string | null = null; ;) {
    const page: CatalogPage = await readCatalog({ search, cursor, limit: 100 });
    const found = page.items.find((row) => row.registryId === registryId);
    if (found !== undefined || page.nextCursor === null) return found ?? null;
    cursor = page.nextCursor;
  }
}

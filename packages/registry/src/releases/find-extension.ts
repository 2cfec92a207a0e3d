import type { SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";

/** An extension's row, as far as most verbs need it. */
export interface FoundExtension {
  readonly id: string;
  readonly publisher: string;
  readonly name: string;
  readonly slug: string;
}

/**
 * Find an extension by registry id or slug.
 *
 * @param lock `share` until the transaction ends keeps its versions' states as they are; `update` is for changing them.
 * @throws {RegistryError} `extension_not_found`
 */
export async function findExtension(
  tx: SharedDb,
  extension: string,
  { lock }: { readonly lock?: "share" | "update" } = {},
): Promise<FoundExtension> {
  const row = await tx
    .selectFrom("extension_registry")
    .select(["id", "publisher", "name", "slug"])
    .$if(isUuid(extension), (query) => query.where("id", "=", extension))
    .$if(!isUuid(extension), (query) => query.where("slug", "=", toText(extension).toLowerCase()))
    .$if(lock === "share", (query) => query.forShare())
    .$if(lock === "update", (query) => query.forUpdate())
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw new RegistryError("extension_not_found", "There is no such extension.", {
    details: { extension: toText(extension) },
  });
}

/**
 * Find an exact version of an extension.
 *
 * @throws {RegistryError} `version_not_found`
 */
export async function findExactVersion(
  tx: SharedDb,
  { registryId, version }: { readonly registryId: string; readonly version: string },
): Promise<{ readonly id: string; readonly version: string }> {
  const row = await tx
    .selectFrom("extension_version")
    .select(["id", "version"])
    .where("registry_id", "=", registryId)
    .where("version", "=", toText(version))
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw versionNotFound(version);
}

/** The refusal for a version, line or channel that is not there. */
export function versionNotFound(version: string): RegistryError {
  return new RegistryError("version_not_found", "This extension has no such version.", {
    details: { version: toText(version) },
  });
}

/** Postgres text cannot hold NUL; nothing that is stored has one, so nothing is found either way. */
function toText(text: string): string {
  return text.replaceAll("\0", "\u{fffd}").toWellFormed();
}

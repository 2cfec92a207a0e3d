import type { RegistryDb } from "../db/registry-db.ts";
import { findExactVersion, findExtension } from "./find-extension.ts";

/** Which version a verb reads. */
export interface ReleaseRef {
  /** Registry id or slug. */
  readonly extension: string;
  /** Exact. */
  readonly version: string;
}

/**
 * The archive's own `manifest.json`, verbatim, also when today's parser would refuse it.
 *
 * @throws {RegistryError} `extension_not_found`, `version_not_found`
 */
export function readReleaseManifest(db: RegistryDb, { extension, version }: ReleaseRef): Promise<string> {
  return db.shared(async (tx) => {
    const { id: registryId } = await findExtension(tx, extension);
    const { id } = await findExactVersion(tx, { registryId, version });
    const { manifest } = await tx
      .selectFrom("extension_version")
      .select("manifest")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    return manifest;
  });
}

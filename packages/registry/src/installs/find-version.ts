import type { TenantDb } from "../db/registry-db.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { RegistryError } from "../errors.ts";
import { compareVersions, patchesOf, wildcardLine } from "../publish/version-order.ts";

/** A published version as far as installing it needs. */
export interface FoundVersion {
  readonly id: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  readonly egress: readonly string[];
}

/**
 * Find an exact version, or for `X.Y.*` the newest release of that line.
 *
 * @throws {RegistryError} `extension_not_found`, `version_not_found`.
 */
export async function findVersion(
  tx: TenantDb,
  { registryId, version }: { readonly registryId: string; readonly version: string },
): Promise<FoundVersion> {
  const rows = isUuid(registryId)
    ? await tx
        .selectFrom("extension_version")
        .select(["id", "version", "capabilities", "egress"])
        .where("registry_id", "=", registryId)
        .execute()
    : [];
  if (rows.length === 0) throw new RegistryError("extension_not_found", "There is no such extension.");
  const line = wildcardLine(version);
  const found =
    line === null
      ? rows.find((row) => row.version === version)
      : rows
          .filter((row) => patchesOf(line, [row.version]).length > 0)
          .sort((a, b) => compareVersions(b.version, a.version))[0];
  if (found === undefined) {
    throw new RegistryError("version_not_found", "This extension has no such version.", {
      details: { version },
    });
  }
  return found;
}

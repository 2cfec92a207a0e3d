import type { ContentHash } from "@alga-ext/protocol";
import type { SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { patchesOf, wildcardLine } from "./version-order.ts";

/** What {@link claimVersion} found. */
export type ClaimedVersion =
  /** The same bytes were published before. */
  | { readonly existing: { readonly id: string; readonly version: string } }
  /** The version string to insert; no one else can take it while the transaction lasts. */
  | { readonly existing: null; readonly version: string };

/**
 * Decide the version of a publish. The extension's row is locked by the caller, so concurrent publishes come here one
 * after the other: one exact version has one winner, and every wildcard gets its own patch number.
 *
 * @throws {RegistryError} `version_exists` with the winner's digest
 */
export async function claimVersion(
  tx: SharedDb,
  request: { readonly registryId: string; readonly wanted: string; readonly contentHash: ContentHash },
): Promise<ClaimedVersion> {
  const versions = await tx
    .selectFrom("extension_version as v")
    .innerJoin("extension_bundle as b", "b.version_id", "v.id")
    .select(["v.id", "v.version", "b.content_hash"])
    .where("v.registry_id", "=", request.registryId)
    .execute();
  const line = wildcardLine(request.wanted);
  const same = versions.find(
    (row) =>
      row.content_hash === request.contentHash &&
      (line === null ? row.version === request.wanted : patchesOf(line, [row.version]).length > 0),
  );
  if (same !== undefined) return { existing: { id: same.id, version: same.version } };
  if (line !== null) {
    const patches = patchesOf(
      line,
      versions.map((row) => row.version),
    );
    return { existing: null, version: `${line}.${Math.max(-1, ...patches) + 1}` };
  }
  const winner = versions.find((row) => row.version === request.wanted);
  if (winner === undefined) return { existing: null, version: request.wanted };
  throw new RegistryError("version_exists", `Version ${request.wanted} is published with other content.`, {
    details: { version: request.wanted, contentHash: winner.content_hash },
  });
}

import type { RegistryDb } from "../db/registry-db.ts";
import { findExactVersion, findExtension } from "./find-extension.ts";
import { broken, readNodes } from "./grow-snapshot.ts";
import type { ReleaseRef } from "./read-release-manifest.ts";
import { proofSteps, toSnapshot } from "./snapshot-tree.ts";
import type { InclusionProof, SnapshotEntry } from "./verify-inclusion.ts";

/** A signed head, a version, and the proof that it belongs to the head's snapshot. */
export interface SnapshotProof extends InclusionProof {
  /** Compact JWS. */
  readonly head: string;
  readonly entry: SnapshotEntry;
}

/**
 * Prove that a version, as its rows are now, belongs to the newest signed snapshot.
 *
 * @throws {RegistryError} `extension_not_found`, `version_not_found`, `release_log_broken`
 */
export async function proveInclusion(
  db: RegistryDb,
  { extension, version, current }: ReleaseRef & { readonly current: () => Promise<string> },
): Promise<SnapshotProof> {
  const { versionId, entry } = await db.shared(async (tx) => {
    const { id: registryId, publisher, name } = await findExtension(tx, extension);
    const { id } = await findExactVersion(tx, { registryId, version });
    const { content_hash } = await tx
      .selectFrom("extension_bundle")
      .select("content_hash")
      .where("version_id", "=", id)
      .executeTakeFirstOrThrow();
    return { versionId: id, entry: { publisher, name, version, contentHash: content_hash } };
  });
  // Made after the version was seen, so it covers it.
  await current();
  return db.shared(async (tx) => {
    const head = await tx
      .selectFrom("extension_head")
      .select(["signed", "snapshot_size"])
      .where("tenant_id", "=", "")
      .executeTakeFirstOrThrow();
    const leaf = await tx
      .selectFrom("extension_snapshot_leaf")
      .select("position")
      .where("version_id", "=", versionId)
      .executeTakeFirst();
    if (leaf === undefined) throw broken("A version is published that the release log knows nothing of.");
    const position = Number(leaf.position);
    const steps = proofSteps(position, Number(head.snapshot_size));
    const nodes = new Map(
      (await readNodes(tx, steps.flat())).map((node) => [`${node.level}/${node.position}`, node]),
    );
    const path = steps.map(
      (step) =>
        toSnapshot(
          0,
          step.flatMap((place) => nodes.get(`${place.level}/${place.position}`) ?? []),
        ).root,
    );
    return { head: head.signed, entry, position, path };
  });
}

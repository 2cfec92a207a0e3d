import type { SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { SnapshotRef } from "./head.ts";
import { growTree, peaksOf, toSnapshot, type NodePlace, type TreeNode } from "./snapshot-tree.ts";
import type { SnapshotEntry } from "./verify-inclusion.ts";
import type { ChainEvent } from "./walk-chain.ts";

/**
 * Take what these events published into the snapshot of `size` leaves. Costs what is new, not what is there. The caller
 * holds the lock of the registry's head.
 */
export async function growSnapshot(
  tx: SharedDb,
  { size, events }: { readonly size: number; readonly events: readonly ChainEvent[] },
): Promise<SnapshotRef> {
  const published = events.filter(({ type }) => type === "version_published").map(toPublished);
  const peaks = await readNodes(tx, peaksOf(size));
  if (published.length === 0) return toSnapshot(size, peaks);
  const grown = growTree(
    { size, peaks },
    published.map(({ entry }) => entry),
  );
  const leaves = published.map(({ versionId }, index) => ({ position: size + index, version_id: versionId }));
  await tx.insertInto("extension_snapshot_leaf").values(leaves).execute();
  await tx.insertInto("extension_snapshot_node").values(grown.nodes).execute();
  return toSnapshot(size + published.length, grown.peaks);
}

/** Nodes in the order in which they are asked for. */
export async function readNodes(tx: SharedDb, places: readonly NodePlace[]): Promise<TreeNode[]> {
  if (places.length === 0) return [];
  const rows = await tx
    .selectFrom("extension_snapshot_node")
    .selectAll()
    .where((eb) => eb.or(places.map(({ level, position }) => eb.and({ level, position }))))
    .execute();
  const found = new Map(rows.map(({ level, position, hash }) => [`${level}/${position}`, hash]));
  return places.map((place) => {
    const hash = found.get(`${place.level}/${place.position}`);
    if (hash === undefined) throw broken("The snapshot lacks a part of its tree.");
    return { ...place, hash };
  });
}

/** The refusal to vouch for a log or snapshot that does not fit together. */
export function broken(message: string, details: { readonly seq?: number } = {}): RegistryError {
  return new RegistryError("release_log_broken", `${message} Check with verifyReleaseLog.`, {
    details: { ...details },
  });
}

function toPublished({ seq, payload }: ChainEvent): {
  readonly versionId: string;
  readonly entry: SnapshotEntry;
} {
  const { publisher, name, version, contentHash, versionId } = JSON.parse(payload) as Record<string, unknown>;
  if (
    typeof publisher === "string" &&
    typeof name === "string" &&
    typeof version === "string" &&
    typeof contentHash === "string" &&
    typeof versionId === "string"
  ) {
    return { versionId, entry: { publisher, name, version, contentHash } };
  }
  throw broken("A publish in the release log does not say what was published.", { seq });
}

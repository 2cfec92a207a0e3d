import { createHash } from "node:crypto";
import type { SnapshotRef } from "./head.ts";
import { leafBytes, type SnapshotEntry } from "./verify-inclusion.ts";

/** A complete subtree: the leaves from `position * 2^level` on, `2^level` of them. */
export interface TreeNode {
  readonly level: number;
  readonly position: number;
  readonly hash: string;
}

/** Where a node is. */
export type NodePlace = Omit<TreeNode, "hash">;

/** The complete subtrees that a tree of `size` leaves consists of, largest first. */
export function peaksOf(size: number): NodePlace[] {
  const peaks: NodePlace[] = [];
  let start = 0;
  for (let level = 52; level >= 0; level--) {
    const width = 2 ** level;
    if (size - start >= width) {
      peaks.push({ level, position: start / width });
      start += width;
    }
  }
  return peaks;
}

/** Add leaves to a tree whose peaks are given, largest first; answers the nodes that are new and the peaks then. */
export function growTree(
  tree: { readonly size: number; readonly peaks: readonly TreeNode[] },
  entries: readonly SnapshotEntry[],
): { readonly nodes: TreeNode[]; readonly peaks: TreeNode[] } {
  const peaks = [...tree.peaks];
  const nodes: TreeNode[] = [];
  for (const [index, entry] of entries.entries()) {
    let node: TreeNode = { level: 0, position: tree.size + index, hash: hashOf(leafBytes(entry)) };
    nodes.push(node);
    while (peaks.at(-1)?.level === node.level) {
      const left = peaks.pop() as TreeNode;
      node = { level: node.level + 1, position: left.position / 2, hash: join(left.hash, node.hash) };
      nodes.push(node);
    }
    peaks.push(node);
  }
  return { nodes, peaks };
}

/** The snapshot of a tree with these peaks, largest first. */
export function toSnapshot(size: number, peaks: readonly { readonly hash: string }[]): SnapshotRef {
  const hashes = peaks.map(({ hash }) => hash);
  const root =
    hashes.length === 0 ? hashOf(new Uint8Array()) : hashes.reduceRight((right, left) => join(left, right));
  return { size, root };
}

/** One step of an inclusion proof: the peaks of what lies beside the way, largest first, which hash to one. */
export type ProofStep = readonly NodePlace[];

/** What an inclusion proof is made of, from the leaf upwards. */
export function proofSteps(position: number, size: number): ProofStep[] {
  const steps: ProofStep[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const left = start + splitOf(end - start);
    if (position < left) {
      steps.unshift(shift(peaksOf(end - left), left));
      end = left;
    } else {
      steps.unshift(shift(peaksOf(left - start), start));
      start = left;
    }
  }
  return steps;
}

/** The largest power of two below `count`. */
function splitOf(count: number): number {
  let width = 1;
  while (width * 2 < count) width *= 2;
  return width;
}

function shift(places: readonly NodePlace[], by: number): NodePlace[] {
  return places.map(({ level, position }) => ({ level, position: position + by / 2 ** level }));
}

function join(left: string, right: string): string {
  return hashOf(Buffer.from(`01${left}${right}`, "hex"));
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

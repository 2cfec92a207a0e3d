import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Head } from "./head.ts";
import { growTree, peaksOf, proofSteps, toSnapshot, type TreeNode } from "./snapshot-tree.ts";
import { leafBytes, verifyInclusion, type SnapshotEntry } from "./verify-inclusion.ts";
import { refusalOf } from "../testing/kit/rejection.ts";

const entryOf = (index: number): SnapshotEntry => ({
  publisher: "acme",
  name: "things",
  version: `1.0.${index}`,
  contentHash: `sha256:${index.toString(16).padStart(64, "0")}`,
});
const sha = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();

/** RFC 6962 §2.1, word for word. */
function merkleTreeHash(entries: readonly SnapshotEntry[]): Buffer {
  const [only] = entries;
  if (only === undefined) return sha();
  if (entries.length === 1) return sha(leafBytes(only));
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return sha(Uint8Array.of(1), merkleTreeHash(entries.slice(0, split)), merkleTreeHash(entries.slice(split)));
}

function build(size: number, pageSize: number) {
  const nodes = new Map<string, TreeNode>();
  let peaks: TreeNode[] = [];
  for (let from = 0; from < size; from += pageSize) {
    const entries = Array.from({ length: Math.min(pageSize, size - from) }, (_, index) =>
      entryOf(from + index),
    );
    const grown = growTree({ size: from, peaks }, entries);
    for (const node of grown.nodes) nodes.set(`${node.level}/${node.position}`, node);
    peaks = grown.peaks;
  }
  return { nodes, peaks };
}

const headOf = (snapshot: Head["snapshot"]) => ({ snapshot }) as Head;

describe("the snapshot tree", () => {
  test("is the tree of RFC 6962, whatever the steps it grows in", () => {
    fc.assert(
      fc.property(fc.nat({ max: 70 }), fc.integer({ min: 1, max: 9 }), (size, pageSize) => {
        const { peaks } = build(size, pageSize);
        expect(peaks.map(({ level, position }) => ({ level, position }))).toEqual(peaksOf(size));
        const entries = Array.from({ length: size }, (_, index) => entryOf(index));
        expect(toSnapshot(size, peaks)).toEqual({ size, root: merkleTreeHash(entries).toString("hex") });
      }),
    );
  });

  test("proves every version that is in it, and no other", async () => {
    for (let size = 1; size <= 40; size++) {
      const { nodes, peaks } = build(size, 7);
      const head = headOf(toSnapshot(size, peaks));
      for (let position = 0; position < size; position++) {
        const path = proofSteps(position, size).map(
          (step) =>
            toSnapshot(
              0,
              step.map((place) => nodes.get(`${place.level}/${place.position}`) as TreeNode),
            ).root,
        );
        await verifyInclusion(head, entryOf(position), { position, path });
        for (const [entry, proof] of [
          [entryOf(size), { position, path }],
          [
            { ...entryOf(position), contentHash: entryOf(size).contentHash },
            { position, path },
          ],
          [entryOf(position), { position, path: [...path, "0".repeat(64)] }],
          [entryOf(position), { position: position + size, path }],
          [entryOf(position), { position: -1, path }],
          ...(path.length > 0 ? [[entryOf(position), { position, path: path.slice(1) }] as const] : []),
        ] as const) {
          expect((await refusalOf(verifyInclusion(head, entry, proof))).code).toBe("head_mismatch");
        }
      }
    }
  });

  test("a proof for the head of a tenant's chain proves nothing", async () => {
    const refusal = await refusalOf(verifyInclusion(headOf(null), entryOf(0), { position: 0, path: [] }));
    expect(refusal.code).toBe("head_mismatch");
  });
});

import type { PackFile } from "../src/node/pack-file.ts";

const BLOCK_BYTES = 64 * 1024;

/** Bytes that look like code and data: the same on every machine, compressing to about a third. */
export function* sourceLike(bytes: number, seed: number): Generator<Uint8Array, void> {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  for (let at = 0; at < bytes; at += BLOCK_BYTES) {
    const block = new Uint8Array(Math.min(BLOCK_BYTES, bytes - at));
    for (let i = 0; i < block.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      // Half of it noise of four bits, half a short period.
      block[i] = (i & 64) === 0 ? 97 + (state & 15) : 32 + (i & 31);
    }
    yield block;
  }
}

/** A tree of files of one size that is never in memory as a whole, with a manifest. */
export function streamedTree(manifest: Uint8Array, files: number, fileBytes: number): PackFile[] {
  return [
    {
      path: "manifest.json",
      size: manifest.length,
      async *open() {
        yield manifest;
      },
    },
    ...Array.from({ length: files }, (_, index) => ({
      path: `ui/assets/chunk-${String(index).padStart(4, "0")}.js`,
      size: fileBytes,
      async *open() {
        yield* sourceLike(fileBytes, index + 1);
      },
    })),
  ];
}

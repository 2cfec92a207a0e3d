/**
 * `node packages/bundle/scripts/pack-digest.ts`: digests of fixed trees, one line each, to compare between versions of
 * Node and machines. `tarDigest` must always be the same; `contentHash` is while the zstd library is. Each tree is
 * packed twice, the second time shuffled and in other pieces; a difference ends with status 1.
 */
import { pack } from "../src/node/pack.ts";
import type { PackFile } from "../src/node/pack-file.ts";
import { FILES } from "../test-support/bundle-files.ts";
import { inPieces } from "../test-support/chunks.ts";
import { streamedTree } from "../test-support/trees.ts";

/** Pinned: whoever changes one of these changes what every publisher signs. */
const PINNED: Readonly<Record<string, string>> = {
  small: "sha256:d1b143138663c93c7a53ec9a2a5e84e862d5a40d8d7637d46fbe46b28209742d",
};
const MIB = 1024 * 1024;
const inMemory = Object.entries(FILES).map(([path, bytes]): PackFile => {
  return { path, size: bytes.length, open: () => inPieces(bytes, 100) };
});
const trees: readonly (readonly [name: string, files: readonly PackFile[]])[] = [
  ["small", inMemory],
  ["6 MiB", streamedTree(FILES["manifest.json"]!, 6, MIB)],
  ["40 MiB", streamedTree(FILES["manifest.json"]!, 40, MIB)],
];

console.log(`Node ${process.version}, zstd ${process.versions.zstd}`);
for (const [name, files] of trees) {
  const first = await pack(files);
  const shuffled = files
    .toSorted((a, b) => (a.path.at(-4) ?? "").localeCompare(b.path.at(-4) ?? ""))
    .toReversed();
  const second = await pack(shuffled.map((file) => ({ ...file, open: () => regroup(file.open(), 1000) })));
  const isSame = first.contentHash === second.contentHash && first.tarDigest === second.tarDigest;
  const isPinned = (PINNED[name] ?? first.tarDigest) === first.tarDigest;
  if (!isSame || !isPinned) process.exitCode = 1;
  console.log(`${name}: tarDigest ${first.tarDigest}`);
  console.log(`${name}: contentHash ${first.contentHash} (${first.archiveBytes} bytes)`);
  if (!isSame) console.log(`${name}: DIFFERS when shuffled: ${second.contentHash}`);
  if (!isPinned) console.log(`${name}: DIFFERS from the pinned tarDigest`);
}

async function* regroup(
  chunks: AsyncIterable<Uint8Array>,
  pieceBytes: number,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) yield* inPieces(chunk, pieceBytes);
}

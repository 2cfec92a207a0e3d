/**
 * The long fuzz, outside `npm test`: `node packages/bundle/scripts/fuzz-archives.ts [cases] [seed]`.
 *
 * Hostile tars are read by our parser, by node-tar and by tar-stream; hostile archives (the same tars in odd zstd
 * frames, some damaged) by `readBundle` under both profiles, whole and in pieces. Whatever we accept, the others must
 * read identically and without a complaint; whatever we refuse must be a typed refusal. Ends with status 1 and the
 * smallest failing case otherwise.
 */
import { deepStrictEqual } from "node:assert";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as fc from "fast-check";
import { CodedError } from "@alga-ext/protocol";
import { encodeTar } from "../src/archive/encode-tar.ts";
import { parseTar, type TarProfile } from "../src/archive/tar-parser.ts";
import { readBundle, type Bundle } from "../src/node/read-bundle.ts";
import { hostileBundleTar, hostileTar } from "../test-support/hostile-tar.ts";
import { readWithNodeTar, readWithTarStream, toText } from "../test-support/oracles.ts";
import { join } from "../test-support/tar.ts";

const cases = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
/** Of this many cases, one is a whole archive; those cost ten times as much. */
const ARCHIVE_EVERY = 5;
const PROFILES: readonly TarProfile[] = ["canonical", "tolerant"];

const outcomes = new Map<string, number>();
const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);

async function verdict<T>(read: () => T | Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    count(error.code);
    return null;
  }
}

function toRecord(files: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  return Object.fromEntries(Array.from(files, ([path, bytes]) => [path, toText(bytes)]));
}

/** Both oracles must have read the same files, and found nothing to complain about. */
async function agree(tar: Uint8Array, files: Readonly<Record<string, string>>): Promise<void> {
  for (const reading of [readWithNodeTar(tar), await readWithTarStream(tar)]) {
    deepStrictEqual(
      { files: { ...reading.files }, problems: [...reading.problems] },
      { files, problems: [] },
    );
  }
}

async function judgeTar(tar: Uint8Array): Promise<void> {
  const tolerant = await verdict(() => parseTar(tar));
  const canonical = await verdict(() => parseTar(tar, { profile: "canonical" }));
  deepStrictEqual(canonical !== null, tolerant?.canonical ?? false);
  if (tolerant === null) return;
  count(tolerant.canonical ? "accepted as canonical" : "accepted as tolerant");
  await agree(tar, toRecord(tolerant.files));
  if (tolerant.canonical) deepStrictEqual(encodeTar(tolerant.files), tar);
}

type Spoil = (frame: Uint8Array) => Uint8Array;
const aSkippableFrame = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 0);
const aSpoiling: fc.Arbitrary<Spoil> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Spoil>((frame) => frame) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(4096), fc.integer({ min: 1, max: 255 })).map(([at, mask]): Spoil => {
      return (frame) => frame.with(at % frame.length, (frame[at % frame.length] ?? 0) ^ mask);
    }),
  },
  {
    weight: 1,
    arbitrary: fc.nat(64).map(
      (cut): Spoil =>
        (frame) =>
          frame.subarray(0, frame.length - cut),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Spoil>(
      (frame) => join(frame, frame),
      (frame) => join(frame, aSkippableFrame),
      (frame) => join(aSkippableFrame, frame),
      (frame) => join(frame, Uint8Array.of(0)),
    ),
  },
);
const anArchive = fc
  .record({
    tar: hostileBundleTar,
    level: fc.constantFrom(1, 3, 19),
    size: fc.boolean(),
    checksum: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(0) }),
    spoil: aSpoiling,
  })
  .map(({ tar, level, size, checksum, spoil }) => {
    const params = {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_contentSizeFlag]: size ? 1 : 0,
      [constants.ZSTD_c_checksumFlag]: checksum,
    };
    return spoil(new Uint8Array(zstdCompressSync(tar, { params })));
  });

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function judgeArchive(archive: Uint8Array, pieceBytes: number): Promise<void> {
  const [canonical, tolerant] = await Promise.all(
    PROFILES.map((profile) => verdict(() => readBundle(archive, { profile }))),
  );
  const streamed = await verdict(() => readBundle(inPieces(archive, pieceBytes)));
  deepStrictEqual(streamed, tolerant);
  deepStrictEqual(canonical?.profile ?? null, tolerant?.profile === "canonical" ? "canonical" : null);
  if (tolerant === null || tolerant === undefined) return;
  count(`bundle accepted as ${tolerant.profile}`);
  const tar = new Uint8Array(zstdDecompressSync(archive));
  await agree(tar, withTop(tar, tolerant));
}

/** The oracles know nothing of a top directory that is taken off. */
function withTop(tar: Uint8Array, bundle: Bundle): Record<string, string> {
  const [first = ""] = Object.keys(readWithNodeTar(tar).files).filter((path) =>
    path.endsWith("manifest.json"),
  );
  const top = bundle.files.has(first) ? "" : first.slice(0, first.indexOf("/") + 1);
  return Object.fromEntries(Array.from(bundle.files, ([path, bytes]) => [top + path, toText(bytes)]));
}

const started = performance.now();
const archives = Math.floor(cases / ARCHIVE_EVERY);
try {
  await fc.assert(fc.asyncProperty(hostileTar, judgeTar), { seed, numRuns: cases - archives });
  await fc.assert(fc.asyncProperty(anArchive, fc.integer({ min: 1, max: 700 }), judgeArchive), {
    seed,
    numRuns: archives,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
console.log(
  `${cases} cases, seed ${seed}, ${((performance.now() - started) / 1000).toFixed(0)} s, ${process.version}`,
);
for (const [outcome, times] of [...outcomes].sort(([, a], [, b]) => b - a)) {
  console.log(`${String(times).padStart(8)}  ${outcome}`);
}

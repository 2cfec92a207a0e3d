import * as fc from "fast-check";
import { END, entry, join, put, seal } from "./tar.ts";

/** Header fields: where an attack writes, and how far it can go. */
const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  type: [156, 1],
  link: [157, 100],
  magic: [257, 8],
  uname: [265, 32],
  device: [329, 16],
  prefix: [345, 155],
  reserved: [500, 12],
} as const;
const VALUES = [
  "\0",
  " ",
  "0",
  "5",
  "1",
  "2",
  "x",
  "g",
  "L",
  "K",
  "S",
  "7",
  "./",
  "../",
  "/",
  "a/",
  "A",
  "con",
  "\u0080",
  "\u00ff",
  "0000644\0",
  "00000000000\0",
  "00000000002\0",
  "00000000777 ",
  "     2 \0",
  "2\0\0\0\0\0\0",
  "ustar\x0000",
  "ustar  \0",
  "a\0b",
  "\u0080\0\0\0\0\0\0\0\0\0\0\u0002",
  "-0000000001\0",
  "0000001 000\0",
];
/** A manifest that parses, so that whole bundles can get through. */
export const MANIFEST = JSON.stringify({
  name: "agreements",
  publisher: "acme-labs",
  version: "0.1.0",
  runtime: "wasm-js@1",
});
const SEGMENTS = [
  "a",
  "b",
  "ui",
  "index.html",
  "A",
  "manifest.json",
  "x".repeat(90),
  "..",
  ".",
  "",
  "con",
  "\u00e9",
];

interface Entry {
  readonly path: string;
  readonly body: string;
  readonly edits: readonly {
    readonly field: keyof typeof FIELDS;
    readonly offset: number;
    readonly value: string;
  }[];
  readonly sealed: boolean;
}

const anEntry: fc.Arbitrary<Entry> = fc.record({
  path: fc
    .oneof(
      {
        weight: 4,
        arbitrary: fc.array(fc.constantFrom("a", "b", "ui", "B", "c1", "d_"), { minLength: 1, maxLength: 3 }),
      },
      { weight: 1, arbitrary: fc.array(fc.constantFrom(...SEGMENTS), { minLength: 1, maxLength: 4 }) },
    )
    .map((segments) => segments.join("/")),
  body: fc.oneof(
    fc.constant(""),
    fc.constant(MANIFEST),
    fc.string({ unit: "binary-ascii", maxLength: 40 }),
    fc.constant("z".repeat(512)),
  ),
  edits: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 2,
      arbitrary: fc.array(
        fc.record({
          field: fc.constantFrom(...(Object.keys(FIELDS) as (keyof typeof FIELDS)[])),
          offset: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(154) }),
          value: fc.constantFrom(...VALUES),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    },
  ),
  sealed: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});

/** What happens to the finished archive: a cut, a flipped bit, a moved or doubled block, something behind it. */
const damage = fc.oneof(
  { weight: 6, arbitrary: fc.constant((tar: Uint8Array) => tar) },
  {
    weight: 1,
    arbitrary: fc.nat(8192).map((cut) => (tar: Uint8Array) => tar.subarray(0, tar.length - (cut % 2048))),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(8192), fc.nat(7)).map(([at, bit]) => (tar: Uint8Array) => {
      const copy = tar.slice();
      const position = at % copy.length;
      copy[position] = (copy[position] ?? 0) ^ (1 << bit);
      return copy;
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(16), fc.nat(16)).map(([from, to]) => (tar: Uint8Array) => {
      const block = tar.slice(from * 512, from * 512 + 512);
      return join(tar.subarray(0, to * 512), block, tar.subarray(to * 512));
    }),
  },
  {
    weight: 1,
    arbitrary: fc.nat(3).map((blocks) => (tar: Uint8Array) => join(tar, new Uint8Array(blocks * 512))),
  },
  { weight: 1, arbitrary: fc.constant((tar: Uint8Array) => join(tar, entry("evil", "x"), END)) },
);

const aManifest: fc.Arbitrary<Entry> = fc.constantFrom("manifest.json", "a/manifest.json").map((path) => ({
  path,
  body: MANIFEST,
  edits: [],
  sealed: true,
}));

/** Archives of a few entries, most of them nearly right: some whole, some edited, some damaged. */
export const hostileTar: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.array(anEntry, { maxLength: 5 }), damage)
  .map(([entries, spoil]) => spoil(build(entries)));

/** The same with a manifest somewhere, so that a whole bundle may come of it. */
export const hostileBundleTar: fc.Arbitrary<Uint8Array> = fc
  .tuple(aManifest, fc.array(anEntry, { maxLength: 3 }), fc.boolean(), damage)
  .map(([manifest, entries, first, spoil]) =>
    spoil(build(first ? [manifest, ...entries] : [...entries, manifest])),
  );

function build(entries: readonly Entry[]): Uint8Array {
  const parts = entries.map(({ path, body, edits, sealed }) => {
    const bytes = entry(path, body, (header) => {
      for (const { field, offset, value } of edits) {
        const [at, length] = FIELDS[field];
        put(header, at + (offset % length), value.slice(0, length - (offset % length)));
      }
    });
    if (!sealed) put(bytes, 150, "7");
    else seal(bytes.subarray(0, 512));
    return bytes;
  });
  return join(...parts, END);
}

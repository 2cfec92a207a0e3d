import * as fc from "fast-check";
import { Parser } from "tar";
import { expect, test } from "vitest";
import { BundleError } from "../errors.ts";
import { END, entry, join, put, seal } from "../test-kit/tar.ts";
import { encodeTar } from "./encode-tar.ts";
import { parseTar, type ParsedTar } from "./tar-parser.ts";

const RUNS = 2000;

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

test(`${RUNS} hostile archives: a typed refusal, or exactly what node-tar reads without a complaint`, () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(anEntry, { maxLength: 5 }), damage, (entries, spoil) => {
      const tar = spoil(build(entries));
      const ours = read(tar);
      if (ours === null) return;
      accepted++;
      expect(nodeTar(tar)).toEqual(text(ours));
      if (ours.canonical) expect(encodeTar(ours.files)).toEqual(tar);
    }),
    { numRuns: RUNS },
  );
  expect(accepted).toBeGreaterThan(RUNS / 20);
});

test("what canonical accepts, tolerant accepts with the same content", () => {
  fc.assert(
    fc.property(fc.array(anEntry, { maxLength: 4 }), damage, (entries, spoil) => {
      const tar = spoil(build(entries));
      const strict = read(tar, "canonical");
      const tolerant = read(tar);
      if (strict !== null) expect(tolerant).toEqual(strict);
      expect(strict !== null).toBe(tolerant?.canonical ?? false);
    }),
    { numRuns: RUNS / 2 },
  );
});

test("what the writer emits, the reader gives back", () => {
  const path = fc.stringMatching(/^[a-z0-9_][a-z0-9._-]{0,20}[a-z0-9]$/);
  const files = fc.dictionary(path, fc.uint8Array({ maxLength: 1500 }), {
    minKeys: 1,
    maxKeys: 8,
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(files, (record) => {
      let tar: Uint8Array;
      try {
        tar = encodeTar(Object.entries(record));
      } catch (error) {
        return error instanceof BundleError && error.code === "unsafe_path";
      }
      const parsed = parseTar(tar, { profile: "canonical" });
      expect(Object.fromEntries(parsed.files)).toEqual(record);
      return parsed.canonical;
    }),
    { numRuns: 200 },
  );
});

function read(tar: Uint8Array, profile: "canonical" | "tolerant" = "tolerant"): ParsedTar | null {
  try {
    return parseTar(tar, { profile });
  } catch (error) {
    if (error instanceof BundleError) return null;
    throw error;
  }
}

const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

function text(tar: ParsedTar): Record<string, string> {
  return Object.fromEntries([...tar.files].map(([path, bytes]) => [path, toText(bytes)]));
}

/** The oracle: every warning is an error, so it has read everything there is. */
function nodeTar(tar: Uint8Array): Record<string, string> {
  const files: Record<string, string> = {};
  const problems: unknown[] = [];
  const parser = new Parser({
    strict: true,
    onReadEntry: (found) => {
      const chunks: Uint8Array[] = [];
      found.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      found.on("end", () => {
        if (found.type === "Directory") return;
        const path = found.path.startsWith("./") ? found.path.slice(2) : found.path;
        if (found.type !== "File" && found.type !== "OldFile") problems.push(`${found.type} ${path}`);
        if (path in files) problems.push(`twice: ${path}`);
        files[path] = toText(Buffer.concat(chunks));
      });
    },
  });
  parser.on("error", (error: unknown) => problems.push(error));
  parser.end(Buffer.from(tar));
  expect(problems).toEqual([]);
  return files;
}

import { describe, expect, test } from "vitest";
import { encodeTar } from "../archive/encode-tar.ts";
import type { TarProfile } from "../archive/tar-parser.ts";
import type { BundleErrorCode } from "../errors.ts";
import { FILES, MANIFEST } from "../../test-support/bundle-files.ts";
import { codeOf } from "../../test-support/refusal.ts";
import { END, entry, forge, join, put } from "../../test-support/tar.ts";
import { zstdBomb, zstdFrame, zstdSizedFrame } from "../../test-support/zstd.ts";
import { pack } from "./pack.ts";
import { readBundle } from "./read-bundle.ts";

/** Every row is a whole archive that `readBundle` gets; the manifest in it is fine. */
type Verdict = BundleErrorCode | "accepted";
interface Row {
  readonly name: string;
  readonly archive: Uint8Array;
  readonly canonical: Verdict;
  readonly tolerant: Verdict;
}

const manifest = entry("manifest.json", MANIFEST);
const type = (letter: string) => (header: Uint8Array) => put(header, 156, letter);
const tarOf = (...entries: Uint8Array[]): Uint8Array => zstdSizedFrame(join(manifest, ...entries, END));
const refused = (name: string, code: BundleErrorCode, archive: Uint8Array): Row => ({
  name,
  archive,
  canonical: code,
  tolerant: code,
});
const harmless = (name: string, archive: Uint8Array): Row => ({
  name,
  archive,
  canonical: "not_canonical",
  tolerant: "accepted",
});

const good = zstdSizedFrame(encodeTar(Object.entries(FILES)));
const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 69, 86, 73, 76);
const pax = "27 path=../../../etc/passwd\n";
const pathRows = [
  "../evil",
  "ui/../../evil",
  "/etc/evil",
  "ui\\evil",
  "C:evil",
  "ui/./evil",
  "ui//evil",
  ".env",
  "",
].map((path) => refused(`B01 ${JSON.stringify(path)}`, "unsafe_path", tarOf(entry(path, "x"))));
const typeRows = (
  [
    ["B02 hard link", "1"],
    ["B02 symbolic link", "2"],
    ["B02 character device", "3"],
    ["B02 block device", "4"],
    ["B02 fifo", "6"],
    ["B02 contiguous file", "7"],
    ["B05 sparse", "S"],
    ["B05 unknown type", "Z"],
  ] as const
).map(([name, letter]) => refused(name, "unsafe_entry", tarOf(entry("x", "", type(letter)))));

const rows: Row[] = [
  ...pathRows,
  ...typeRows,
  refused("B01 a directory outside", "unsafe_path", tarOf(entry("../", "", type("5")))),
  harmless("B02 a directory", tarOf(entry("ui/", "", type("5")), entry("ui/a", "x"))),
  refused("B02 a directory with a body", "unsafe_entry", tarOf(entry("ui/", "x", type("5")))),
  refused(
    "B02 a file with a link target",
    "unsafe_entry",
    tarOf(entry("x", "", (header) => put(header, 157, "/etc"))),
  ),
  refused("B03 PAX path", "unsafe_entry", tarOf(entry("p", pax, type("x")), entry("x", "x"))),
  refused("B03 PAX size", "unsafe_entry", tarOf(entry("p", "11 size=99\n", type("x")), entry("x", "x"))),
  refused("B03 PAX linkpath", "unsafe_entry", tarOf(entry("p", "17 linkpath=/etc\n", type("x")))),
  refused("B03 PAX global", "unsafe_entry", tarOf(entry("p", pax, type("g")), entry("x", "x"))),
  refused("B03 GNU long name", "unsafe_entry", tarOf(entry("././@LongLink", "../x\0", type("L")))),
  refused("B03 GNU long link", "unsafe_entry", tarOf(entry("././@LongLink", "../x\0", type("K")))),
  refused("B04 duplicate", "duplicate_path", tarOf(entry("manifest.json", MANIFEST))),
  refused("B04 letter case", "duplicate_path", tarOf(entry("Manifest.JSON", MANIFEST))),
  refused("B04 below a file", "duplicate_path", tarOf(entry("manifest.json/x", "x"))),
  refused("B04 NFC", "unsafe_path", tarOf(entry("caf\u00c3\u00a9", "x"))),
  refused("B04 NFD", "unsafe_path", tarOf(entry("cafe\u00cc\u0081", "x"))),
  refused("B04 bidi", "unsafe_path", tarOf(entry("a\u00e2\u0080\u00aeb", "x"))),
  refused("B04 reserved name", "unsafe_path", tarOf(entry("ui/con.js", "x"))),
  refused("B04 trailing dot", "unsafe_path", tarOf(entry("ui/a.", "x"))),
  refused("B05 checksum", "bad_archive", tarOf(entry("x", "x").with(148, 0x37))),
  refused("B05 base-256 size", "bad_archive", tarOf(forge("x", 0, (h) => h.fill(0x80, 124, 125)))),
  refused("B05 negative size", "bad_archive", tarOf(forge("x", 0, (h) => put(h, 124, "-0000000001\0")))),
  refused(
    "B07 second archive after the end",
    "bad_archive",
    zstdSizedFrame(join(manifest, END, entry("x", "x"), END)),
  ),
  refused(
    "B07 bytes after the end",
    "bad_archive",
    zstdSizedFrame(join(manifest, END, new Uint8Array(512).fill(1))),
  ),
  refused("B07 padding that is not zero", "bad_archive", tarOf(entry("x", "x").with(600, 1))),
  refused("B07 no end", "bad_archive", zstdSizedFrame(manifest)),
  refused("B07 half an end", "bad_archive", zstdSizedFrame(join(manifest, new Uint8Array(512)))),
  harmless("B07 a record of zeros", zstdSizedFrame(join(manifest, END, new Uint8Array(8192)))),
  refused("B07 two frames", "bad_compression", join(good, good)),
  refused("B07 skippable frame first", "bad_compression", join(skippable, good)),
  refused("B07 skippable frame last", "bad_compression", join(good, skippable)),
  refused("B07 a byte after the frame", "bad_compression", join(good, Uint8Array.of(0))),
  refused("B07 frame cut short", "bad_compression", good.subarray(0, -1)),
  refused("B07 no frame", "bad_compression", new Uint8Array(0)),
  refused("B07 wrong checksum", "bad_compression", good.with(good.length - 1, (good.at(-1) ?? 0) ^ 1)),
  harmless("B07 no content size", zstdFrame(encodeTar(Object.entries(FILES)))),
  refused("B08 bomb that announces its size", "expansion_limit", bombFrame(1024 ** 3)),
  refused("B08 file larger than the cap", "expansion_limit", tarOf(forge("x", 2 ** 30, () => undefined))),
  refused("B09 window 2^27", "bad_compression", windowFrame(27)),
  refused("B09 window 2^31", "bad_compression", windowFrame(31)),
  refused("B09 one segment of 64 MiB", "bad_compression", craft(0xa4, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0)),
  refused("B11 too deep", "unsafe_path", tarOf(entry(`${"d/".repeat(16)}f`, "x"))),
  refused(
    "B11 too long",
    "unsafe_path",
    tarOf(entry("p".repeat(99), "", (h) => put(h, 345, "q".repeat(120)))),
  ),
  refused("B11 too many files", "expansion_limit", tooMany()),
  refused("B12 no manifest", "manifest_missing", zstdSizedFrame(encodeTar([["x", new Uint8Array(1)]]))),
  refused(
    "B12 a manifest that is not text",
    "manifest_unreadable",
    zstdSizedFrame(encodeTar([["manifest.json", Uint8Array.of(0xff)]])),
  ),
  {
    name: "B14 what pack writes",
    archive: (await pack(FILES)).archive,
    canonical: "accepted",
    tolerant: "accepted",
  },
  harmless("unsorted", zstdSizedFrame(join(entry("b", ""), manifest, entry("a", ""), END))),
  harmless("another mode", tarOf(entry("x", "", (h) => put(h, 100, "0000755\0")))),
  harmless("a time", tarOf(entry("x", "", (h) => put(h, 136, "15012345670\0")))),
  harmless("an owner", tarOf(entry("x", "", (h) => put(h, 265, "author")))),
  harmless("leading ./", tarOf(entry("./x", ""))),
];

const profiles: readonly TarProfile[] = ["canonical", "tolerant"];
describe.each(profiles)("profile %s", (profile) => {
  test.each(rows)("$name", async (row) => {
    expect(await codeOf(() => readBundle(row.archive, { profile }))).toBe(row[profile]);
  });
});

test("B08: a bomb that announces nothing is stopped by the cap", async () => {
  const bomb = await zstdBomb(64);
  expect(await codeOf(() => readBundle(bomb, { profile: "canonical" }))).toBe("not_canonical");
  expect(await codeOf(() => readBundle(bomb))).toBe("expansion_limit");
});

/** Magic, descriptor and what follows. */
function craft(descriptor: number, ...rest: number[]): Uint8Array {
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, descriptor, ...rest);
}

/** Content size of eight bytes, so that both profiles get as far as the window. */
function windowFrame(log: number): Uint8Array {
  return craft(0xc4, (log - 10) << 3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0);
}

/** Runs of 128 KiB zeros, four bytes each, under a header that says how much comes. */
function bombFrame(bytes: number): Uint8Array {
  const frame = new Uint8Array(14 + (bytes / 2 ** 17) * 4 + 4);
  frame.set(craft(0xc4, (17 - 10) << 3));
  new DataView(frame.buffer).setBigUint64(6, BigInt(bytes), true);
  for (let at = 14; at < frame.length - 4; at += 4) frame.set([0x02, 0x00, 0x10, 0], at);
  frame[frame.length - 8] = 0x03;
  return frame;
}

function tooMany(): Uint8Array {
  return zstdSizedFrame(join(...Array.from({ length: 10_001 }, (_, at) => entry(`f${1e6 + at}`, ""))));
}

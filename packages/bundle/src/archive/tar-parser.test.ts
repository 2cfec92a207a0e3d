import { describe, expect, test } from "vitest";
import { codeOf } from "../../test-support/refusal.ts";
import { END, entry, forge, join, put } from "../../test-support/tar.ts";
import { encodeTar } from "./encode-tar.ts";
import { parseTar, TarParser, type TarProfile } from "./tar-parser.ts";

const PROFILES: TarProfile[] = ["canonical", "tolerant"];
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const good = entry("manifest.json", "{}");
const type =
  (letter: string) =>
  (header: Uint8Array): void =>
    put(header, 156, letter);
const longest = `${"d/".repeat(15)}${"f".repeat(100)}`;

describe.each(PROFILES)("refused in profile %s", (profile) => {
  const rows: [string, string, Uint8Array][] = [
    ["B01 parent", "unsafe_path", join(entry("../evil", "x"), END)],
    ["B01 parent inside", "unsafe_path", join(entry("ui/../../evil", "x"), END)],
    ["B01 absolute", "unsafe_path", join(entry("/etc/evil", "x"), END)],
    ["B01 backslash", "unsafe_path", join(entry("ui\\evil", "x"), END)],
    ["B01 drive", "unsafe_path", join(entry("C:evil", "x"), END)],
    ["B01 dot segment", "unsafe_path", join(entry("ui/./evil", "x"), END)],
    ["B01 empty segment", "unsafe_path", join(entry("ui//evil", "x"), END)],
    ["B01 trailing slash on a file", "unsafe_path", join(entry("ui/evil/", "x"), END)],
    ["B01 empty name", "unsafe_path", join(entry("", "x"), END)],
    ["B01 hidden file", "unsafe_path", join(entry(".env", "x"), END)],
    ["B01 two leading dots-slash", "unsafe_path", join(entry("././evil", "x"), END)],
    ["B02 hard link", "unsafe_entry", join(entry("evil", "", type("1")), END)],
    ["B02 symbolic link", "unsafe_entry", join(entry("evil", "", type("2")), END)],
    ["B02 character device", "unsafe_entry", join(entry("evil", "", type("3")), END)],
    ["B02 block device", "unsafe_entry", join(entry("evil", "", type("4")), END)],
    ["B02 fifo", "unsafe_entry", join(entry("evil", "", type("6")), END)],
    ["B02 contiguous file", "unsafe_entry", join(entry("evil", "", type("7")), END)],
    [
      "B02 a file with a link target",
      "unsafe_entry",
      join(
        entry("evil", "", (h) => put(h, 157, "/etc")),
        END,
      ),
    ],
    ["B03 PAX", "unsafe_entry", join(entry("PaxHeader", "20 path=../../evil\n", type("x")), good, END)],
    ["B03 PAX global", "unsafe_entry", join(entry("PaxHeader", "12 size=99\n", type("g")), good, END)],
    ["B03 GNU long name", "unsafe_entry", join(entry("././@LongLink", "../evil\0", type("L")), good, END)],
    ["B03 GNU long link", "unsafe_entry", join(entry("././@LongLink", "../evil\0", type("K")), good, END)],
    ["B04 duplicate", "duplicate_path", join(entry("a", "1"), entry("a", "2"), END)],
    ["B04 letter case", "duplicate_path", join(entry("A.js", "1"), entry("a.js", "2"), END)],
    ["B04 directory letter case", "duplicate_path", join(entry("UI", "1"), entry("ui/a", "2"), END)],
    ["B04 file, then below it", "duplicate_path", join(entry("ui", "1"), entry("ui/a", "2"), END)],
    [
      "B04 directory, then a file of its name",
      "duplicate_path",
      join(entry("ui/a", "1"), entry("UI", "2"), END),
    ],
    ["B04 NFC", "unsafe_path", join(entry("caf\u00e9", "x"), END)],
    ["B04 UTF-8", "unsafe_path", join(entry("caf\u00c3\u00a9", "x"), END)],
    ["B04 bidi", "unsafe_path", join(entry("a\u00e2\u0080\u00aeb", "x"), END)],
    ["B04 reserved", "unsafe_path", join(entry("ui/con.js", "x"), END)],
    ["B04 reserved port", "unsafe_path", join(entry("LPT1", "x"), END)],
    ["B04 trailing dot", "unsafe_path", join(entry("ui/a.", "x"), END)],
    ["B04 space", "unsafe_path", join(entry("a b", "x"), END)],
    ["B04 alternate stream", "unsafe_path", join(entry("a:b", "x"), END)],
    ["B05 checksum", "bad_archive", join(flip(good, 148), END)],
    ["B05 flipped bit", "bad_archive", join(flip(good, 3), END)],
    [
      "B05 base-256 size",
      "bad_archive",
      join(
        forge("a", 0, (h) => h.set([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 124)),
        END,
      ),
    ],
    [
      "B05 negative size",
      "bad_archive",
      join(
        forge("a", 0, (h) => h.fill(0xff, 124, 136)),
        END,
      ),
    ],
    [
      "B05 minus sign",
      "bad_archive",
      join(
        forge("a", 0, (h) => put(h, 124, "-0000000001\0")),
        END,
      ),
    ],
    [
      "B05 hexadecimal",
      "bad_archive",
      join(
        forge("a", 0, (h) => put(h, 124, "0x000000001\0")),
        END,
      ),
    ],
    [
      "B05 two numbers in one field",
      "bad_archive",
      join(
        forge("a", 0, (h) => put(h, 124, "00001 00001\0")),
        END,
      ),
    ],
    [
      "B05 empty size",
      "bad_archive",
      join(
        forge("a", 0, (h) => h.fill(0, 124, 136)),
        END,
      ),
    ],
    ["B05 sparse", "unsafe_entry", join(entry("a", "", type("S")), END)],
    ["B05 unknown type", "unsafe_entry", join(entry("a", "", type("Z")), END)],
    [
      "B05 old format",
      "bad_archive",
      join(
        entry("a", "x", (h) => h.fill(0, 257, 265)),
        END,
      ),
    ],
    [
      "B05 bytes after the name",
      "bad_archive",
      join(
        entry("a", "x", (h) => put(h, 50, "evil")),
        END,
      ),
    ],
    [
      "B05 bytes in reserved space",
      "bad_archive",
      join(
        entry("a", "x", (h) => put(h, 505, "evil")),
        END,
      ),
    ],
    ["B07 second archive", "bad_archive", join(good, END, entry("evil", "x"), END)],
    ["B07 trailing bytes", "bad_archive", join(good, END, text("x"))],
    ["B07 trailing block", "bad_archive", join(good, END, new Uint8Array(512).fill(1))],
    ["B07 padding", "bad_archive", join(padded(good), END)],
    ["B07 one zero block", "bad_archive", join(good, new Uint8Array(512))],
    ["B07 no end", "bad_archive", good],
    ["B07 cut in a body", "bad_archive", good.subarray(0, 513)],
    ["B07 cut in a header", "bad_archive", good.subarray(0, 100)],
    [
      "B07 a body larger than the archive",
      "bad_archive",
      join(
        forge("a", 2 ** 20, () => undefined),
        END,
      ),
    ],
    ["empty", "bad_archive", new Uint8Array(0)],
    ["no file", "bad_archive", END],
    ["B11 too deep", "unsafe_path", join(entry(`${"d/".repeat(16)}f`, "x"), END)],
    ["B11 too long", "unsafe_path", encodedLong()],
    [
      "total size",
      "expansion_limit",
      join(
        forge("a", 513 * 2 ** 20, () => undefined),
        END,
      ),
    ],
  ];
  test.each(rows)("%s", async (_row, code, tar) => {
    expect(await codeOf(() => parseTar(tar, { profile }))).toBe(code);
  });

  test("B11: one entry too many is refused when its header arrives", async () => {
    const parser = new TarParser({ profile, maxFiles: 3 });
    for (const path of ["a", "b", "c"]) parser.push(entry(path, ""));
    expect(await codeOf(() => parser.push(entry("d", "")))).toBe("expansion_limit");
  });
});

describe("the tolerant profile reads ordinary tar output", () => {
  const gnu = (header: Uint8Array): void => {
    put(header, 257, "ustar  \0");
    put(header, 265, "author");
    put(header, 297, "staff");
    put(header, 100, "0100755\0");
    put(header, 108, "0001750\0");
    put(header, 136, "15012345670\0");
    header.fill(0, 329, 345);
  };
  const rows: [string, Uint8Array][] = [
    ["leading ./", join(entry("./manifest.json", "{}"), END)],
    ["directories", join(entry("ui/", "", type("5")), entry("ui/a", "x"), END)],
    ["the root directory", join(entry("./", "", type("5")), entry("./ui/", "", type("5")), good, END)],
    ["GNU magic, owner, mode and time", join(entry("manifest.json", "{}", gnu), END)],
    ["any order", join(entry("b", "1"), entry("a", "2"), END)],
    [
      "old file type",
      join(
        entry("a", "1", (h) => h.fill(0, 156, 157)),
        END,
      ),
    ],
    ["record padding", join(good, END, new Uint8Array(8192))],
    [
      "numbers ended by a space",
      join(
        entry("a", "", (h) => put(h, 124, "00000000000 ")),
        END,
      ),
    ],
  ];
  test.each(rows)("%s, which canonical refuses", async (_row, tar) => {
    expect(parseTar(tar).canonical).toBe(false);
    expect(await codeOf(() => parseTar(tar, { profile: "canonical" }))).toBe("not_canonical");
  });

  test("but a directory may not hide danger", async () => {
    const file = join(entry("ui", "x"), entry("ui/", "", type("5")), END);
    expect(await codeOf(() => parseTar(file))).toBe("duplicate_path");
    expect(await codeOf(() => parseTar(join(entry("../", "", type("5")), END)))).toBe("unsafe_path");
    expect(await codeOf(() => parseTar(join(entry("d/", "x", type("5")), END)))).toBe("unsafe_entry");
  });
});

describe("canonical form", () => {
  test("round trip, whatever the order and the chunks", () => {
    const files = new Map([
      ["z", text("")],
      [longest, text("deep")],
      ["ui/index.html", text("<!doctype html>")],
      ["a-b", new Uint8Array(512).fill(7)],
      ["a/b", new Uint8Array(513).fill(8)],
    ]);
    const tar = encodeTar(files);
    expect(encodeTar([...files].reverse())).toEqual(tar);
    const parser = new TarParser({ profile: "canonical" });
    for (let at = 0; at < tar.length; at += 97) parser.push(tar.subarray(at, at + 97));
    const parsed = parser.finish();
    expect(parsed.canonical).toBe(true);
    expect(Object.fromEntries(parsed.files)).toEqual(Object.fromEntries(files));
    expect([...parsed.files.keys()]).toEqual([...files.keys()].sort());
  });

  test("the writer refuses what the reader would", async () => {
    expect(await codeOf(() => encodeTar([["../a", text("")]]))).toBe("unsafe_path");
    const twice = [
      ["a", text("")],
      ["A", text("")],
    ] as const;
    expect(await codeOf(() => encodeTar(twice))).toBe("duplicate_path");
    expect(await codeOf(() => encodeTar([[`${"x".repeat(60)}/${"y".repeat(120)}`, text("")]]))).toBe(
      "unsafe_path",
    );
  });
});

function flip(tar: Uint8Array, at: number): Uint8Array {
  return tar.with(at, (tar[at] ?? 0) ^ 1);
}

/** A byte in the zeros that follow a two-byte body. */
function padded(tar: Uint8Array): Uint8Array {
  return tar.with(600, 1);
}

function encodedLong(): Uint8Array {
  const path = "p".repeat(99);
  const prefix = "q".repeat(120);
  return join(
    entry(path, "x", (h) => put(h, 345, prefix)),
    END,
  );
}

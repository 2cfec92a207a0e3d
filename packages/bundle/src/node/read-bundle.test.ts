import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { Readable } from "node:stream";
import * as fc from "fast-check";
import { create } from "tar";
import { describe, expect, test } from "vitest";
import { encodeTar } from "../archive/encode-tar.ts";
import { BundleError } from "../errors.ts";
import { FILES, MANIFEST } from "../../test-support/bundle-files.ts";
import { inPieces, toWebStream } from "../../test-support/chunks.ts";
import { codeOf } from "../../test-support/refusal.ts";
import { END, entry, join } from "../../test-support/tar.ts";
import { zstdBomb, zstdFrame, zstdSizedFrame } from "../../test-support/zstd.ts";
import { pack } from "./pack.ts";
import { readBundle } from "./read-bundle.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("readBundle", () => {
  test("B15: another archive than asked for is refused before it is decompressed", async () => {
    const expectedHash = `sha256:${"0".repeat(64)}` as const;
    expect(await codeOf(() => readBundle(text("not zstd at all"), { expectedHash }))).toBe("digest_mismatch");
  });

  test("takes what node-tar and zstd write for a project directory, one level deep too", async () => {
    const directory = await mkdtemp(joinPath(tmpdir(), "alga-bundle-"));
    try {
      for (const [path, bytes] of Object.entries(FILES)) {
        const file = joinPath(directory, "project", path);
        await mkdir(joinPath(file, ".."), { recursive: true });
        await writeFile(file, bytes);
      }
      const options = { sync: true, portable: true } as const;
      const flat = create({ ...options, cwd: joinPath(directory, "project") }, ["."]).read();
      const deep = create({ ...options, cwd: directory }, ["project"]).read();
      for (const tar of [flat, deep]) {
        const bundle = await readBundle(zstdFrame(new Uint8Array(tar ?? [])));
        expect(bundle.profile).toBe("tolerant");
        expect(new Map(bundle.files)).toEqual(new Map(Object.entries(FILES)));
        expect(bundle.list.map((file) => file.path)).toEqual(Object.keys(FILES).sort());
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test("canonical archives keep their manifest at the root only", async () => {
    const deep = encodeTar(Object.entries(FILES).map(([path, bytes]) => [`project/${path}`, bytes]));
    const archive = zstdSizedFrame(deep);
    expect(await codeOf(() => readBundle(archive))).toBe("manifest_missing");
    expect((await readBundle(zstdFrame(deep))).profile).toBe("tolerant");
  });

  test.each([
    ["no manifest", "manifest_missing", encodeTar([["a", text("")]])],
    [
      "two top directories",
      "manifest_missing",
      encodeTar([
        ["a/manifest.json", text(MANIFEST)],
        ["b/x", text("")],
      ]),
    ],
    ["a manifest two levels deep", "manifest_missing", encodeTar([["a/b/manifest.json", text(MANIFEST)]])],
    [
      "a manifest that is not text",
      "manifest_unreadable",
      encodeTar([["manifest.json", Uint8Array.of(0xff)]]),
    ],
    ["a manifest that is not one", "invalid_manifest", encodeTar([["manifest.json", text("[]")]])],
    [
      "a link",
      "unsafe_entry",
      join(
        entry("manifest.json", "", (h) => h.fill(0x32, 156, 157)),
        END,
      ),
    ],
    [
      "B03 PAX before the manifest",
      "unsafe_entry",
      join(
        entry("p", "", (h) => h.fill(0x78, 156, 157)),
        END,
      ),
    ],
  ])("%s", async (_row, code, tar) => {
    expect(await codeOf(() => readBundle(zstdFrame(tar)))).toBe(code);
  });

  test("a frame whose checksum does not fit its content", async () => {
    const archive = zstdFrame(encodeTar(Object.entries(FILES)));
    archive[archive.length - 1] = (archive.at(-1) ?? 0) ^ 1;
    expect(await codeOf(() => readBundle(archive))).toBe("bad_compression");
  });

  test("a damaged archive is refused, or the damage changed nothing", async () => {
    const { archive, tarDigest } = await pack(FILES);
    const position = fc.oneof(fc.nat(20), fc.nat(archive.length - 1));
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const damaged = archive.with(at, (archive[at] ?? 0) ^ mask);
        try {
          expect((await readBundle(damaged)).tarDigest).toBe(tarDigest);
        } catch (error) {
          if (!(error instanceof BundleError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });

  test("B08: 1 GiB from less than 200 KB stops at the cap", async () => {
    const bomb = await zstdBomb(1024);
    expect(bomb.length).toBeLessThan(200_000);
    const error = await readBundle(bomb).catch((thrown: unknown) => thrown);
    // The zeros read as an end of archive, so only the cap can have stopped it.
    expect(error).toBeInstanceOf(BundleError);
    const bytes = Math.max(16 * 2 ** 20, bomb.length * 100);
    expect(error).toMatchObject({ code: "expansion_limit", details: { limit: "maxRatio", bytes } });
  });

  test("B08: a frame that announces too much is not decoded at all", async () => {
    const { archive } = await pack({ ...FILES, "ui/big.txt": new Uint8Array(70_000) });
    // Descriptor 0xa4: one segment, checksum, four bytes of content size.
    expect(archive[4]).toBe(0xa4);
    const liar = archive.slice();
    liar.set([0, 0, 0x40, 0], 5);
    const limits = { ratioFloorBytes: 1_000_000, maxRatio: 1 };
    expect(await codeOf(() => readBundle(archive, { limits }))).toBe("accepted");
    expect(await codeOf(() => readBundle(liar, { limits }))).toBe("expansion_limit");
  });

  test("B11: far too many empty files stop at the first one too many", async () => {
    const headers = Array.from({ length: 30_000 }, (_, index) => entry(`f${index}`, ""));
    const archive = zstdFrame(join(...headers));
    const error = await readBundle(archive).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "expansion_limit", details: { limit: "maxFiles", value: 10_000 } });
  });

  test("every cap is an option", async () => {
    const { archive } = await pack(FILES);
    const limited = (limits: Record<string, number>): Promise<string> =>
      codeOf(() => readBundle(archive, { limits }));
    expect(await limited({ maxArchiveBytes: 10 })).toBe("archive_too_large");
    expect(await limited({ maxExpandedBytes: 2000 })).toBe("expansion_limit");
    expect(await limited({ maxFiles: 2 })).toBe("expansion_limit");
    expect(await limited({ ratioFloorBytes: 1, maxRatio: 1 })).toBe("expansion_limit");
    expect(await limited({ maxWindowBytes: 1024 })).toBe("bad_compression");
    expect(await limited({})).toBe("accepted");
  });
});

describe("readBundle of a stream", () => {
  test.each([1, 7, 4096, 1 << 20])("gives what the bytes give, in pieces of %i", async (size) => {
    const { archive, contentHash } = await pack(FILES);
    const expected = await readBundle(archive);
    expect(await readBundle(inPieces(archive, size))).toEqual(expected);
    const { stream } = toWebStream(inPieces(archive, size));
    expect(await readBundle(stream, { expectedHash: contentHash })).toEqual(expected);
    expect(expected.archiveBytes).toBe(archive.length);
  });

  test("goes beyond one segment", async () => {
    const noise = randomBytes(3_000_000);
    const { archive } = await pack({ ...FILES, "ui/noise.bin": noise });
    const bundle = await readBundle(inPieces(archive, 65_537));
    expect(bundle.files.get("ui/noise.bin")).toEqual(new Uint8Array(noise));
  });

  test("stops at the cap and cancels, however long it would go on", async () => {
    const { archive } = await pack(FILES);
    const endless = async function* (): AsyncGenerator<Uint8Array, void> {
      yield archive.subarray(0, 200);
      for (;;) yield new Uint8Array(64);
    };
    const { stream, isCancelled } = toWebStream(endless());
    const limits = { maxArchiveBytes: 100_000 };
    const expectedHash = `sha256:${"0".repeat(64)}` as const;
    expect(await codeOf(() => readBundle(stream, { limits, expectedHash }))).toBe("archive_too_large");
    expect(isCancelled()).toBe(true);
  });

  test("stops at the first bytes that are no archive", async () => {
    const endless = async function* (): AsyncGenerator<Uint8Array, void> {
      for (;;) yield text("GET / HTTP/1.1");
    };
    const { stream, isCancelled } = toWebStream(endless());
    expect(await codeOf(() => readBundle(stream))).toBe("bad_compression");
    expect(isCancelled()).toBe(true);
  });

  test("B15: what arrives under a wrong digest is not even looked at", async () => {
    const expectedHash = `sha256:${"0".repeat(64)}` as const;
    const { archive } = await pack(FILES);
    for (const bytes of [archive, text("not zstd at all")]) {
      expect(await codeOf(() => readBundle(inPieces(bytes, 100), { expectedHash }))).toBe("digest_mismatch");
    }
  });

  test("passes on an error of the stream, and takes bytes only", async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array, void> {
      yield Uint8Array.of(0x28);
      throw new RangeError("connection lost");
    };
    await expect(readBundle(broken())).rejects.toThrow(RangeError);
    const texts = Readable.from(["(\u00b5/\u00fd"], { encoding: "utf8" });
    await expect(readBundle(texts)).rejects.toThrow(TypeError);
  });
});

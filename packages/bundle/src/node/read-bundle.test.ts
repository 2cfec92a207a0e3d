import { constants, createZstdCompress, zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { create } from "tar";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeTar } from "../archive/encode-tar.ts";
import { BundleError } from "../errors.ts";
import { codeOf } from "../test-kit/refusal.ts";
import { END, entry, join } from "../test-kit/tar.ts";
import { pack } from "./pack.ts";
import { readBundle } from "./read-bundle.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const MANIFEST = JSON.stringify({
  name: "agreements",
  publisher: "acme-labs",
  version: "0.1.0",
  runtime: "wasm-js@1",
  capabilities: ["cap:storage.kv", "cap:secrets.get"],
});
const FILES = {
  "ui/index.html": text("<!doctype html><title>Agreements</title>"),
  "manifest.json": text(MANIFEST),
  "dist/main.wasm": Uint8Array.from({ length: 3000 }, (_, i) => (i * i) % 251),
};

/** As `zstd` on a pipe would: checksum, no content size. */
function zstd(tar: Uint8Array, params: Record<number, number> = {}): Uint8Array {
  return new Uint8Array(
    zstdCompressSync(tar, {
      params: { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_contentSizeFlag]: 0, ...params },
    }),
  );
}

describe("pack", () => {
  test("B14: the same files give these very bytes, in any order", async () => {
    const packed = await pack(FILES);
    expect(packed.tarDigest).toBe("sha256:d1b143138663c93c7a53ec9a2a5e84e862d5a40d8d7637d46fbe46b28209742d");
    expect(packed.contentHash).toBe(
      "sha256:40c45ac885c27d333bc57b89016b5e6b0e1a3d5f1d36be4600801e7f50f3c344",
    );
    const again = await pack(new Map(Object.entries(FILES).reverse()));
    expect(again.archive).toEqual(packed.archive);
  });

  test("what it packs, readBundle reads as canonical, with the same digests and files", async () => {
    const packed = await pack(FILES);
    const bundle = await readBundle(packed.archive, {
      profile: "canonical",
      expectedHash: packed.contentHash,
    });
    expect(bundle.profile).toBe("canonical");
    expect(bundle.tarDigest).toBe(packed.tarDigest);
    expect(bundle.list).toEqual(packed.files);
    expect(Object.fromEntries(bundle.files)).toEqual(FILES);
    expect(bundle.manifest.publisher).toBe("acme-labs");
  });

  test("refuses files without a manifest, and paths no reader would take", async () => {
    expect(await codeOf(() => pack({ "dist/main.wasm": text("") }))).toBe("manifest_missing");
    expect(await codeOf(() => pack({ ...FILES, "../evil": text("") }))).toBe("unsafe_path");
    expect(await codeOf(() => pack({ ...FILES, "Manifest.json": text("") }))).toBe("duplicate_path");
  });
});

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
        const bundle = await readBundle(zstd(new Uint8Array(tar ?? [])));
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
    const archive = zstd(deep, { [constants.ZSTD_c_contentSizeFlag]: 1 });
    expect(await codeOf(() => readBundle(archive))).toBe("manifest_missing");
    expect((await readBundle(zstd(deep))).profile).toBe("tolerant");
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
    expect(await codeOf(() => readBundle(zstd(tar)))).toBe(code);
  });

  test("a frame whose checksum does not fit its content", async () => {
    const archive = zstd(encodeTar(Object.entries(FILES)));
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

  test("B08: 1 GiB from 33 KB stops at the cap within a second", async () => {
    const bomb = await compressZeros(1024);
    expect(bomb.length).toBeLessThan(200_000);
    const started = performance.now();
    const error = await readBundle(bomb).catch((thrown: unknown) => thrown);
    expect(performance.now() - started).toBeLessThan(1000);
    // The zeros read as an end of archive, so only the cap can have stopped it.
    expect(error).toBeInstanceOf(BundleError);
    expect(error).toMatchObject({ code: "expansion_limit" });
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
    const archive = zstd(join(...headers));
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

async function compressZeros(mebibytes: number): Promise<Uint8Array> {
  const stream = createZstdCompress({
    params: { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_compressionLevel]: 1 },
  });
  const chunks: Uint8Array[] = [];
  stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  const done = new Promise((resolve) => stream.on("end", resolve));
  const zeros = new Uint8Array(1024 * 1024);
  for (let i = 0; i < mebibytes; i++) {
    if (!stream.write(zeros)) await new Promise((resolve) => stream.once("drain", resolve));
  }
  stream.end();
  await done;
  return join(...chunks);
}

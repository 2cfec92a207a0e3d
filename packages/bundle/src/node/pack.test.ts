import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { ArchiveLimits } from "../options.ts";
import { FILES } from "../../test-support/bundle-files.ts";
import { inPieces, toWebStream } from "../../test-support/chunks.ts";
import { codeOf } from "../../test-support/refusal.ts";
import type { PackFile } from "./pack-file.ts";
import { pack } from "./pack.ts";
import { packTo } from "./pack-to.ts";
import { readBundle } from "./read-bundle.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

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

  test("B14: the pieces a file comes in leave no trace", async () => {
    const packed = await pack(FILES);
    for (const size of [1, 511, 4096]) {
      const streamed = await pack(Object.entries(FILES).map(([path, bytes]) => inFile(path, bytes, size)));
      expect(streamed).toEqual(packed);
    }
    const { stream } = toWebStream(inPieces(FILES["dist/main.wasm"]!, 10));
    const mixed = await pack([
      ...Object.entries(FILES).filter(([path]) => path !== "dist/main.wasm"),
      { path: "dist/main.wasm", size: 3000, open: () => stream },
    ]);
    expect(mixed).toEqual(packed);
  });

  test("packTo hands over the same archive in pieces, and waits for each", async () => {
    const noise = randomBytes(2_000_000);
    const files = { ...FILES, "ui/noise.bin": noise };
    const chunks: Uint8Array[] = [];
    let busy = false;
    const summary = await packTo(files, async (chunk) => {
      expect(busy).toBe(false);
      busy = true;
      await nextTurn();
      busy = false;
      chunks.push(chunk);
    });
    const { archive, ...expected } = await pack(files);
    expect(summary).toEqual(expected);
    expect(chunks.length).toBeGreaterThan(1);
    expect(new Uint8Array(Buffer.concat(chunks))).toEqual(archive);
    expect(summary.archiveBytes).toBe(archive.length);
  });

  test("opens one file at a time, in archive order", async () => {
    const events: string[] = [];
    const files = Object.entries(FILES).map(([path, bytes]) => ({
      path,
      size: bytes.length,
      async *open() {
        events.push(`open ${path}`);
        yield bytes;
        events.push(`end ${path}`);
      },
    }));
    await pack(files);
    const order = Object.keys(FILES).sort();
    expect(events).toEqual(order.flatMap((path) => [`open ${path}`, `end ${path}`]));
  });

  test("a failing sink or source ends it with that error", async () => {
    const full = new RangeError("disk full");
    const failing = packTo({ ...FILES, "ui/noise.bin": randomBytes(1_000_000) }, () => {
      throw full;
    });
    await expect(failing).rejects.toBe(full);
    const gone = new RangeError("file is gone");
    const files = [...Object.entries(FILES), { path: "ui/x", size: 1, open: () => throwing(gone) }] as const;
    await expect(pack(files)).rejects.toBe(gone);
  });

  test.each([
    ["shorter", 4],
    ["longer", 2],
  ])("a file %s than announced", async (_row, size) => {
    const files = [...Object.entries(FILES), { ...inFile("ui/x", text("abc"), 1), size }] as const;
    expect(await codeOf(() => pack(files))).toBe("file_size_mismatch");
  });

  test("never writes what a reader with the same limits refuses", async () => {
    const limited = (limits: Partial<ArchiveLimits>): Promise<string> =>
      codeOf(() => pack({ ...FILES, "ui/zeros.bin": new Uint8Array(100_000) }, { limits }));
    expect(await limited({})).toBe("accepted");
    expect(await limited({ maxFiles: 3 })).toBe("expansion_limit");
    expect(await limited({ maxExpandedBytes: 100_000 })).toBe("expansion_limit");
    expect(await limited({ maxArchiveBytes: 100 })).toBe("archive_too_large");
    expect(await limited({ ratioFloorBytes: 1, maxRatio: 2 })).toBe("expansion_limit");
    const announced = [
      ...Object.entries(FILES),
      { path: "x", size: 2 ** 30, open: () => throwing(new Error()) },
    ] as const;
    expect(await codeOf(() => pack(announced))).toBe("expansion_limit");
  });
});

function inFile(path: string, bytes: Uint8Array, pieceBytes: number): PackFile {
  return { path, size: bytes.length, open: () => inPieces(bytes, pieceBytes) };
}

async function* throwing(error: Error): AsyncGenerator<Uint8Array, void> {
  yield new Uint8Array(0);
  throw error;
}

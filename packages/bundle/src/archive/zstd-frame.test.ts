import { constants, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { codeOf } from "../../test-support/refusal.ts";
import { join } from "../../test-support/tar.ts";
import { readZstdFrame } from "./zstd-frame.ts";

const OPTIONS = { maxWindowBytes: 8 * 1024 * 1024 };
const CONTENT = new TextEncoder().encode("hello ".repeat(1000));
const frame = compress({});
const unchecked = compress({ [constants.ZSTD_c_checksumFlag]: 0 });
const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 69, 86, 73, 76);

function compress(params: Record<number, number>): Uint8Array {
  return new Uint8Array(
    zstdCompressSync(CONTENT, { params: { [constants.ZSTD_c_checksumFlag]: 1, ...params } }),
  );
}

/** Magic, descriptor and what follows. */
function craft(descriptor: number, ...rest: number[]): Uint8Array {
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, descriptor, ...rest);
}

describe("readZstdFrame", () => {
  test("reads what it is told", () => {
    expect(readZstdFrame(frame, OPTIONS).contentSize).toBe(CONTENT.length);
    const streamed = compress({ [constants.ZSTD_c_contentSizeFlag]: 0 });
    expect(readZstdFrame(streamed, OPTIONS).contentSize).toBeNull();
  });

  const rows: [string, string, Uint8Array][] = [
    ["B07 two frames", "bad_compression", join(frame, frame)],
    ["B07 skippable first", "bad_compression", join(skippable, frame)],
    ["B07 skippable last", "bad_compression", join(frame, skippable)],
    ["B07 trailing bytes", "bad_compression", join(frame, Uint8Array.of(0))],
    ["truncated", "bad_compression", frame.subarray(0, -1)],
    ["empty", "bad_compression", new Uint8Array(0)],
    ["gzip", "bad_compression", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0)],
    ["no checksum", "bad_compression", unchecked],
    ["no checksum, and four bytes in its place", "bad_compression", join(unchecked, new Uint8Array(4))],
    ["a dictionary", "bad_compression", craft(0x05, 0, 1, 0, 0, 0, 0, 0, 0)],
    ["reserved bit", "bad_compression", craft(0x0c, 0, 1, 0, 0, 0, 0, 0, 0)],
    ["reserved block type", "bad_compression", craft(0x04, 0, 0x07, 0, 0, 0, 0, 0, 0)],
    [
      "a block over 128 KiB",
      "bad_compression",
      join(craft(0x04, 0, 0x01, 0x08, 0x10), new Uint8Array(131_332)),
    ],
    ["B09 window 2^31", "bad_compression", craft(0x04, (31 - 10) << 3, 1, 0, 0, 0, 0, 0, 0)],
    ["B09 window 2^27", "bad_compression", craft(0x04, (27 - 10) << 3, 1, 0, 0, 0, 0, 0, 0)],
    ["B09 single segment of 4 GiB", "bad_compression", craft(0xa4, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0)],
  ];
  test.each(rows)("%s", async (_row, code, bytes) => {
    expect(await codeOf(() => readZstdFrame(bytes, OPTIONS))).toBe(code);
  });

  test("canonical also demands the content size", async () => {
    const streamed = compress({ [constants.ZSTD_c_contentSizeFlag]: 0 });
    expect(await codeOf(() => readZstdFrame(streamed, { ...OPTIONS, requireContentSize: true }))).toBe(
      "not_canonical",
    );
  });
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BundleError } from "../errors.ts";
import { hostileTar } from "../../test-support/hostile-tar.ts";
import { readWithNodeTar, readWithTarStream, toText } from "../../test-support/oracles.ts";
import { encodeTar } from "./encode-tar.ts";
import { parseTar, type ParsedTar } from "./tar-parser.ts";

const RUNS = 2000;

test(`${RUNS} hostile archives: a typed refusal, or exactly what node-tar and tar-stream read without a complaint`, async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(hostileTar, async (tar) => {
      const ours = read(tar);
      if (ours === null) return;
      accepted++;
      const expected = { files: text(ours), problems: [] };
      expect(readWithNodeTar(tar)).toEqual(expected);
      expect(await readWithTarStream(tar)).toEqual(expected);
      if (ours.canonical) expect(encodeTar(ours.files)).toEqual(tar);
    }),
    { numRuns: RUNS },
  );
  expect(accepted).toBeGreaterThan(RUNS / 20);
});

test("what canonical accepts, tolerant accepts with the same content", () => {
  fc.assert(
    fc.property(hostileTar, (tar) => {
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

function text(tar: ParsedTar): Record<string, string> {
  return Object.fromEntries(Array.from(tar.files, ([path, bytes]) => [path, toText(bytes)]));
}

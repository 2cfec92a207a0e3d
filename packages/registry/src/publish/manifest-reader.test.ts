import { describe, expect, it } from "vitest";
import { createManifestReader } from "./manifest-reader.ts";

const row = (versionId: string) => ({
  versionId,
  manifest: { name: "things", publisher: "acme", version: "1.0.0", runtime: "wasm-js@1" },
});

describe("createManifestReader", () => {
  it("parses a version once, and again after more than its capacity of others", () => {
    const read = createManifestReader(2);
    const [a, b] = [read(row("a")), read(row("b"))];
    expect([read(row("a")) === a, read(row("b")) === b]).toEqual([true, true]);
    read(row("a"));
    // "b" is now the one used longest ago.
    read(row("c"));
    expect([read(row("a")) === a, read(row("b")) === b]).toEqual([true, false]);
  });
});

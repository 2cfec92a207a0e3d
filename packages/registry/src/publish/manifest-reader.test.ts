import { describe, expect, it } from "vitest";
import { RegistryError } from "../errors.ts";
import { createManifestReader, tryManifest } from "./manifest-reader.ts";

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

  it("says what it cannot read, once and again, and goes on with the rest", () => {
    const read = createManifestReader();
    const bad = { versionId: "bad", manifest: "{" };
    for (let round = 0; round < 2; round++) {
      const answer = tryManifest(read, bad);
      expect(answer).toBeInstanceOf(RegistryError);
      expect(answer).toMatchObject({ code: "manifest_unreadable", details: { versionId: "bad" } });
      expect(() => read(bad)).toThrow(RegistryError);
    }
    expect(tryManifest(read, row("good"))).toMatchObject({ name: "things" });
  });

  it("does not remember what is large", () => {
    const read = createManifestReader();
    const large = {
      versionId: "large",
      manifest: JSON.stringify({ ...row("").manifest, x: "x".repeat(16_384) }),
    };
    expect(read(large)).not.toBe(read(large));
  });
});

import { describe, expect, it } from "vitest";
import type { ContentHash } from "@alga-ext/protocol";
import { anticipateArtifacts } from "./anticipate-artifacts.ts";

const HASH: ContentHash = `sha256:${"a".repeat(64)}`;
const KEY = "a".repeat(64);
const RIGHT = "1".repeat(64);
const WRONG = "2".repeat(64);

function setUp(hint: string | null) {
  const stored = new Map(hint === null ? [] : [[KEY, Buffer.from(hint)]]);
  const log: string[] = [];
  const bundle = Promise.withResolvers<void>();
  const store = anticipateArtifacts(
    {
      recheck: () => Promise.resolve(new Set()),
      async load() {
        await bundle.promise;
        return { component: new Uint8Array(), componentDigest: RIGHT, ui: new Map() };
      },
    },
    {
      anticipate(digest) {
        log.push(`+${digest[0]}`);
        return () => void log.push(`-${digest[0]}`);
      },
    },
    {
      read: (key) => Promise.resolve(stored.get(key) ?? null),
      write: (key, bytes) => Promise.resolve(void stored.set(key, Buffer.from(bytes))),
    },
  );
  return { store, bundle, log, hint: () => stored.get(KEY)?.toString() };
}

describe("anticipateArtifacts", () => {
  it("has the artifact read while its bundle is loaded, once", async () => {
    const { store, bundle, log } = setUp(RIGHT);
    const loading = store.load(HASH);
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual(["+1"]);
    bundle.resolve();
    expect((await loading).componentDigest).toBe(RIGHT);
    await store.load(HASH);
    expect(log).toEqual(["+1"]);
  });

  it.each([null, WRONG, "../../etc"])("learns from the bundle where the hint was %j", async (first) => {
    const { store, bundle, log, hint } = setUp(first);
    bundle.resolve();
    expect((await store.load(HASH)).componentDigest).toBe(RIGHT);
    expect(log).toEqual(first === WRONG ? ["+2", "-2"] : []);
    expect(hint()).toBe(RIGHT);
  });

  it("lets go of what was read for a bundle that is refused", async () => {
    const { store, bundle, log, hint } = setUp(RIGHT);
    bundle.reject(new Error("refused"));
    await expect(store.load(HASH)).rejects.toThrow("refused");
    expect(log).toEqual(["+1", "-1"]);
    expect(hint()).toBe(RIGHT);
  });
});

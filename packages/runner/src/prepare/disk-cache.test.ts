import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDiskCache, type DiskCacheOptions } from "./disk-cache.ts";

let directory: string;
let troubles: unknown[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "alga-disk-cache-"));
  troubles = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = (changed: Partial<DiskCacheOptions> = {}) =>
  createDiskCache({
    directory,
    suffix: ".artifact",
    onTrouble: (error) => void troubles.push(error),
    ...changed,
  });
const bytes = (length: number) => new Uint8Array(length).fill(7);
/** As if it had been used last that long ago. */
const age = (name: string, minutes: number) => {
  const at = new Date(Date.now() - minutes * 60_000);
  utimesSync(join(directory, name), at, at);
};

describe("createDiskCache", () => {
  it("keeps what it is given, for others that look there too", async () => {
    await open().write("a", bytes(3));
    expect(await open().read("a")).toEqual(Buffer.from(bytes(3)));
    expect(await open().read("b")).toBeNull();
    expect(troubles).toEqual([]);
  });

  it("evicts what was not read for longest, and no more than it must", async () => {
    const cache = open({ maxBytes: 10 });
    for (const [key, minutes] of [
      ["a", 30],
      ["b", 20],
      ["c", 10],
    ] as const) {
      await cache.write(key, bytes(3));
      age(`${key}.artifact`, minutes);
    }
    await cache.read("a");
    await cache.write("d", bytes(3));
    expect(readdirSync(directory).toSorted()).toEqual(["a.artifact", "c.artifact", "d.artifact"]);
  });

  it("does not push everything out for what does not fit at all", async () => {
    const cache = open({ maxBytes: 10 });
    await cache.write("a", bytes(3));
    await cache.write("b", bytes(11));
    expect(readdirSync(directory)).toEqual(["a.artifact"]);
  });

  it("stays within its bytes when many write at once", async () => {
    const cache = open({ maxBytes: 10 });
    await Promise.all(Array.from({ length: 8 }, (_, key) => cache.write(String(key), bytes(3))));
    expect(readdirSync(directory)).toHaveLength(3);
  });

  it("removes what killed writers left, and nothing of anybody else's", async () => {
    for (const name of ["old.artifact.x.tmp", "new.artifact.x.tmp", "other.txt", "other.tmp"])
      writeFileSync(join(directory, name), "x");
    for (const name of ["old.artifact.x.tmp", "other.txt", "other.tmp"]) age(name, 60);
    await open({ maxBytes: 3 }).write("a", bytes(3));
    expect(readdirSync(directory).toSorted()).toEqual([
      "a.artifact",
      "new.artifact.x.tmp",
      "other.tmp",
      "other.txt",
    ]);
  });

  it("tells of trouble once, leaves nothing behind, and goes on", async () => {
    // A file where the directory should be fails for root, too.
    const blocked = join(directory, "blocked");
    writeFileSync(blocked, "");
    const cache = open({ directory: join(blocked, "cache") });
    await cache.write("a", bytes(3));
    await cache.write("a", bytes(3));
    expect(await cache.read("a")).toBeNull();
    expect(troubles).toHaveLength(1);
    rmSync(blocked);
    await cache.write("a", bytes(3));
    expect(await cache.read("a")).not.toBeNull();
  });
});

import { hash } from "node:crypto";
import type { StatementFile } from "@alga-ext/protocol";
import { comparePaths } from "../archive/archive-path.ts";

/** Path, size and digest of every file, sorted by path. */
export function listFiles(files: Iterable<readonly [string, Uint8Array]>): StatementFile[] {
  return [...files]
    .map(([path, bytes]) => ({ path, size: bytes.length, sha256: hash("sha256", bytes, "hex") }))
    .sort((a, b) => comparePaths(a.path, b.path));
}

import { lstatSync, readlinkSync } from "node:fs";

/** A place where this machine keeps shared libraries: a directory, or a link to `target`. */
export interface LibraryPath {
  readonly path: string;
  readonly target: string | null;
}

const PATHS = ["/usr/lib", "/usr/lib64", "/lib", "/lib64"] as const;

/** What node needs of this machine's root directory, and nothing else. */
export function findLibraries(): LibraryPath[] {
  return PATHS.flatMap((path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    return { path, target: found.isSymbolicLink() ? readlinkSync(path) : null };
  });
}

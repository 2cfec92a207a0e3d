import { BundleError } from "../errors.ts";

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const MAX_BYTES = 200;
const MAX_DEPTH = 16;

/**
 * Refuse every path that some file system or extractor could read as another one.
 *
 * ASCII letters, digits, `.`, `_`, `-` only, which also ends every question of Unicode normalisation and
 * bidirectional text.
 *
 * @throws {BundleError} `unsafe_path`
 */
export function assertSafePath(path: string): void {
  const reason = unsafeReason(path);
  if (reason !== null) {
    const shown = path.slice(0, 100);
    throw new BundleError("unsafe_path", `Path ${JSON.stringify(shown)} ${reason}.`, {
      details: { path: shown },
    });
  }
}

function unsafeReason(path: string): string | null {
  if (path.length > MAX_BYTES) return `is longer than ${MAX_BYTES} characters`;
  const segments = path.split("/");
  if (segments.length > MAX_DEPTH) return `is deeper than ${MAX_DEPTH} segments`;
  for (const segment of segments) {
    if (!SEGMENT.test(segment))
      return "may only have segments of A-Z a-z 0-9 . _ - that start with a letter, digit or _";
    if (segment.endsWith(".")) return "has a segment that ends in a dot";
    if (RESERVED.test(segment)) return "has a name that Windows reserves";
  }
  return null;
}

/** Remembers the paths of one archive and refuses those that collide with an earlier one, case ignored. */
export class PathSet {
  readonly #files = new Set<string>();
  readonly #directories = new Set<string>();

  /** @throws {BundleError} `duplicate_path` when a file of that name, or a directory of that name, is known. */
  addFile(path: string): void {
    const folded = path.toLowerCase();
    if (this.#files.has(folded)) throw duplicate(path, "appears twice, letter case ignored");
    if (this.#directories.has(folded)) throw duplicate(path, "is both a file and a directory");
    this.#files.add(folded);
    this.#addParents(folded, path);
  }

  /** @throws {BundleError} `duplicate_path` when a file of that name is known. Directories may repeat. */
  addDirectory(path: string): void {
    const folded = path.toLowerCase();
    if (this.#files.has(folded)) throw duplicate(path, "is both a file and a directory");
    this.#directories.add(folded);
    this.#addParents(folded, path);
  }

  #addParents(folded: string, path: string): void {
    for (let at = folded.indexOf("/"); at !== -1; at = folded.indexOf("/", at + 1)) {
      const parent = folded.slice(0, at);
      if (this.#files.has(parent)) throw duplicate(path, "lies below a file");
      this.#directories.add(parent);
    }
  }
}

function duplicate(path: string, reason: string): BundleError {
  return new BundleError("duplicate_path", `Path ${JSON.stringify(path)} ${reason}.`, { details: { path } });
}

/** Order of paths in a canonical archive: by code unit, which for these ASCII paths is by byte. */
export function comparePaths(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

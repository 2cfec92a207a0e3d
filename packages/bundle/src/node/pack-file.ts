import type { Hash } from "node:crypto";
import { BundleError } from "../errors.ts";

/** A file whose content is read only when its turn comes. */
export interface PackFile {
  /** Path in the archive, such as `ui/index.html`. */
  readonly path: string;
  /** Bytes that {@link PackFile.open} will give, exactly. */
  readonly size: number;
  /** Called once. A web `ReadableStream` and a Node stream are such iterables. */
  open(): AsyncIterable<Uint8Array>;
}

/** Files to pack: path and content, or something that opens the content later. */
export type PackFiles =
  | Iterable<PackFile | readonly [path: string, content: Uint8Array]>
  | Readonly<Record<string, Uint8Array>>;

/** One shape for all {@link PackFiles}. */
export function toPackFiles(files: PackFiles): PackFile[] {
  const entries = Symbol.iterator in files ? files : Object.entries(files);
  return Array.from(entries, (file) => ("path" in file ? file : fromBytes(file[0], file[1])));
}

/** A file whose content is in memory. */
export function fromBytes(path: string, content: Uint8Array): PackFile {
  return {
    path,
    size: content.length,
    async *open() {
      yield content;
    },
  };
}

/**
 * The content of a file, fed to `digest` on the way.
 *
 * @throws {BundleError} `file_size_mismatch` when the content is longer or shorter than the file said
 */
export async function* readExactly(file: PackFile, digest: Hash): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const chunk of file.open()) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError(`${file.path} must yield Uint8Array chunks.`);
    bytes += chunk.length;
    if (bytes > file.size) throw mismatch(file, `at least ${bytes}`);
    digest.update(chunk);
    yield chunk;
  }
  if (bytes < file.size) throw mismatch(file, `${bytes}`);
}

function mismatch({ path, size }: PackFile, actual: string): BundleError {
  const message = `File ${JSON.stringify(path)} was announced with ${size} bytes but has ${actual}; did it change meanwhile?`;
  return new BundleError("file_size_mismatch", message, { details: { path, size } });
}

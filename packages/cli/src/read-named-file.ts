import { readFile } from "node:fs/promises";
import { CliError } from "./errors.ts";

/**
 * Read a file that the caller named.
 *
 * @throws {CliError} `file_unusable`
 */
export async function readNamedFile(path: string): Promise<Buffer<ArrayBuffer>> {
  return readFile(path).catch((cause: unknown) => {
    throw new CliError("file_unusable", `${path} cannot be read.`, { cause, details: { path } });
  });
}

/** Read a file that may be absent; null when it is. */
export async function readOptionalFile(path: string): Promise<Buffer<ArrayBuffer> | null> {
  return readFile(path).catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw new CliError("file_unusable", `${path} cannot be read.`, { cause, details: { path } });
  });
}

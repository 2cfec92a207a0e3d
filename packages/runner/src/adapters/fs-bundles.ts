import { access, constants, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { bundleBlobPath, bundleSignaturePath, type BundleSource } from "@alga-ext/protocol";
import type { AcceptedBundle } from "../ports.ts";

/**
 * Read archives from the blob directory that registry and runner share; the runner only reads.
 *
 * The registry writes signatures when it accepts a bundle, so their file's time is the time of acceptance: keep it when
 * you copy the directory.
 */
export function createFsBundles(directory: string): BundleSource {
  const read = async (path: string, signal: AbortSignal | undefined): Promise<Buffer | null> => {
    try {
      return await readFile(join(directory, path), signal === undefined ? {} : { signal });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  };
  return {
    async open(hash, options): Promise<AcceptedBundle | null> {
      const archive = await read(bundleBlobPath(hash), options?.signal);
      if (archive === null) return null;
      const signatures = await read(bundleSignaturePath(hash), options?.signal);
      if (signatures === null) return { archive, signatures };
      const { mtime } = await stat(join(directory, bundleSignaturePath(hash)));
      return { archive, signatures: signatures.toString("utf8"), acceptedAt: mtime };
    },
    async check() {
      await access(directory, constants.R_OK | constants.X_OK);
    },
  };
}

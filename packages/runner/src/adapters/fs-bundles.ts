import { access, constants, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { bundleSignaturePath, type BundleSource } from "@alga-ext/protocol";
import { readStoredBundle } from "./read-stored-bundle.ts";

/**
 * Read archives from the blob directory that registry and runner share; the runner only reads.
 *
 * The registry writes beside each archive when it accepted it. For archives from before it did, the time of the
 * signatures' file counts: keep it when you copy the directory.
 */
export function createFsBundles(directory: string): BundleSource {
  return {
    async open(hash, options) {
      const read = async (path: string): Promise<Buffer | null> => {
        try {
          return await readFile(join(directory, path), options?.signal ? { signal: options.signal } : {});
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
          throw error;
        }
      };
      const stored = await readStoredBundle(hash, read);
      if (stored === null || stored.signatures === null || stored.acceptedAt !== null) return stored;
      const { mtime } = await stat(join(directory, bundleSignaturePath(hash)));
      return { ...stored, acceptedAt: mtime };
    },
    async check() {
      await access(directory, constants.R_OK | constants.X_OK);
    },
  };
}

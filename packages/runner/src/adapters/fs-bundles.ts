import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleBlobPath, bundleSignaturePath, type BundleSource } from "@alga-ext/protocol";

/** Read archives from the blob directory that registry and runner share; the runner only reads. */
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
    async open(hash, options) {
      const archive = await read(bundleBlobPath(hash), options?.signal);
      if (archive === null) return null;
      const signatures = await read(bundleSignaturePath(hash), options?.signal);
      return { archive, signatures: signatures?.toString("utf8") ?? null };
    },
  };
}

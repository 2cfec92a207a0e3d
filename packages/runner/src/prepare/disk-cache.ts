import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

/** Files by key in one directory; a cache, so that nothing it cannot do is an error. */
export interface DiskCache {
  /** Null for what is not there or cannot be read. */
  read(key: string): Promise<Uint8Array | null>;
  write(key: string, bytes: Uint8Array): Promise<void>;
}

/** Options of {@link createDiskCache}. */
export interface DiskCacheOptions {
  /** Made when absent; several processes may share it. */
  readonly directory: string;
  /** Ends every file's name, with its dot; files with other names are left alone. */
  readonly suffix: string;
  /** Above it, what was not read for longest goes. @default nothing goes */
  readonly maxBytes?: number;
  /** Told once of the first write that fails, and again after one that does not. */
  readonly onTrouble: (error: unknown) => void;
}

const TEMPORARY = ".tmp";
/** A writer that takes longer than this is dead. */
const ABANDONED_MS = 10 * 60_000;

/** Create the cache. Files are written to a temporary name, synced, renamed: what is read was written whole. */
export function createDiskCache(options: DiskCacheOptions): DiskCache {
  const { directory, suffix, maxBytes = Number.POSITIVE_INFINITY } = options;
  const pathOf = (key: string) => join(directory, `${key}${suffix}`);
  let isTroubled = false;
  let tidying: Promise<void> | null = null;

  return {
    async read(key) {
      const path = pathOf(key);
      const bytes = await readFile(path).catch(() => null);
      // Its time says when it was used last; where that cannot be written nothing is evicted either.
      if (bytes !== null) await utimes(path, new Date(), new Date()).catch(() => undefined);
      return bytes;
    },
    async write(key, bytes) {
      if (bytes.length > maxBytes) return;
      try {
        await mkdir(directory, { recursive: true });
        await writeDurably(pathOf(key), bytes);
        isTroubled = false;
      } catch (error) {
        if (!isTroubled) options.onTrouble(error);
        isTroubled = true;
        return;
      }
      // One at a time, and one after the last write: its look sees all that was written before.
      tidying = (tidying ?? Promise.resolve()).then(() => tidy(directory, { suffix, maxBytes }));
      await tidying;
    },
  };
}

/** Remove what writers left that were killed, and then the oldest until the rest fits. */
async function tidy(
  directory: string,
  { suffix, maxBytes }: { readonly suffix: string; readonly maxBytes: number },
): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      const found = await stat(path).catch(() => null);
      return found?.isFile() === true ? [{ path, bytes: found.size, at: found.mtimeMs }] : [];
    }),
  );
  const all = files.flat();
  const abandonedBefore = Date.now() - ABANDONED_MS;
  const isAbandoned = (file: (typeof all)[number]) =>
    file.path.endsWith(TEMPORARY) && file.path.includes(`${suffix}.`) && file.at < abandonedBefore;
  const kept = all.filter(({ path }) => path.endsWith(suffix)).toSorted((one, other) => one.at - other.at);
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  const evicted = kept.filter(({ bytes }) => {
    if (total <= maxBytes) return false;
    total -= bytes;
    return true;
  });
  for (const { path } of [...all.filter(isAbandoned), ...evicted])
    await rm(path, { force: true }).catch(() => undefined);
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}${TEMPORARY}`;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

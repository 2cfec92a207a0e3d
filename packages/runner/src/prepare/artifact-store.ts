import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import { RunnerError } from "../errors.ts";
import { decodeArtifact, encodeArtifact, type Artifact } from "./artifact.ts";

/** Part of every cache key: the transpiler's version and ours. Change it when prepared output changes. */
export const TOOLCHAIN = "jco-transpile@0.15.0 prepare@5";

/** Prepared components: in memory, then on disk, then made. */
export interface ArtifactStore {
  /**
   * The artifact of one component, prepared at most once at a time.
   *
   * @throws {RunnerError} `component_rejected`; remembered for a minute, so a bomb is not tried again and again
   */
  get(componentDigest: string, component: Uint8Array): Promise<Artifact>;
}

/** Options of {@link createArtifactStore}. */
export interface ArtifactStoreOptions {
  /** Directory of the disk cache; made when absent. */
  readonly directory: string;
  /** Part of the key: what else shapes the output. */
  readonly memoryCapBytes: number;
  /** Likewise: what the host adds to the world. @default "" */
  readonly hostInterfaces?: string;
  readonly prepare: (component: Uint8Array) => Promise<Artifact>;
  /** Memory for artifacts. @default 256 MiB */
  readonly maxBytes?: number;
}

/** Create the store. Files are written to a temporary name, synced, renamed; a torn or edited one is made anew. */
export function createArtifactStore(options: ArtifactStoreOptions): ArtifactStore {
  const memory = new LRUCache<string, Artifact>({
    maxSize: options.maxBytes ?? 256 * 1024 * 1024,
    sizeCalculation: ({ glue, modules }) =>
      modules.reduce((sum, { bytes }) => sum + bytes.length, glue.length),
  });
  const refused = new LRUCache<string, RunnerError>({ max: 1_000, ttl: 60_000 });
  const making = new Map<string, Promise<Artifact>>();

  const make = async (key: string, component: Uint8Array): Promise<Artifact> => {
    const path = join(options.directory, `${key}.artifact`);
    const stored = await readFile(path).catch(() => null);
    const kept = stored === null ? null : decodeArtifact(stored);
    if (kept !== null) return kept;
    const artifact = await options.prepare(component);
    await mkdir(options.directory, { recursive: true });
    await writeDurably(path, encodeArtifact(artifact)).catch(() => undefined);
    return artifact;
  };

  return {
    async get(componentDigest, component) {
      const key = createHash("sha256")
        .update(
          JSON.stringify([componentDigest, TOOLCHAIN, options.memoryCapBytes, options.hostInterfaces ?? ""]),
        )
        .digest("hex");
      const known = memory.get(key);
      if (known !== undefined) return known;
      const refusal = refused.get(key);
      if (refusal !== undefined) throw refusal;
      const pending = making.get(key);
      if (pending !== undefined) return await pending;
      const started = make(key, component);
      making.set(key, started);
      try {
        const artifact = await started;
        memory.set(key, artifact);
        return artifact;
      } catch (error) {
        // A child that hit a limit may have met a busy machine; a component that is wrong stays wrong.
        if (error instanceof RunnerError && error.details["reason"] !== "limits") refused.set(key, error);
        throw error;
      } finally {
        making.delete(key);
      }
    },
  };
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
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
    await rm(temporary, { force: true });
    throw error;
  }
}

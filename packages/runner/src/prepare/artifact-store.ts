import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { RunnerError } from "../errors.ts";
import type { Isolation } from "../options.ts";
import { decodeArtifact, encodeArtifact, type Artifact } from "./artifact.ts";
import { createDiskCache } from "./disk-cache.ts";
import { engineOf } from "./known-engines.ts";

/** Part of every cache key: the transpiler's version and ours. Change it when prepared output changes. */
export const TOOLCHAIN = "jco-transpile@0.15.0 prepare@9";

/** Prepared components: in memory, then on disk, then made. */
export interface ArtifactStore {
  /**
   * The artifact of one component, prepared at most once at a time.
   *
   * @throws {RunnerError} `component_rejected`; remembered for a minute, so a bomb is not tried again and again
   */
  get(componentDigest: string, component: Uint8Array): Promise<Artifact>;
  /**
   * Begin to read from the disk what a {@link ArtifactStore.get} will ask for that cannot be made yet. It is held until
   * then, or until what this answers is called.
   */
  anticipate(componentDigest: string): () => void;
}

/** Options of {@link createArtifactStore}. */
export interface ArtifactStoreOptions {
  /** Directory of the disk cache; made when absent. */
  readonly directory: string;
  /** Part of the key: what else shapes the output. */
  readonly memoryCapBytes: number;
  /** Likewise. @default "fresh" */
  readonly isolation?: Isolation;
  /** Likewise: what the host adds to the world. @default "" */
  readonly hostInterfaces?: string;
  readonly prepare: (component: Uint8Array) => Promise<Artifact>;
  /** Memory for artifacts. @default 256 MiB */
  readonly maxBytes?: number;
  /** Disk for artifacts; what was not used for longest goes first. @default no bound */
  readonly maxDiskBytes?: number;
  /** Told when the disk cannot be written: memory serves on. */
  readonly onDiskTrouble?: (error: unknown) => void;
  /** Told of every look into memory, and of those into the disk that follow a miss. */
  readonly onLook?: (cache: "artifact_memory" | "artifact_disk", isHit: boolean) => void;
}

/** Create the store. A file that is torn or was edited is made anew. */
export function createArtifactStore(options: ArtifactStoreOptions): ArtifactStore {
  const memory = new LRUCache<string, Artifact>({
    maxSize: options.maxBytes ?? 256 * 1024 * 1024,
    sizeCalculation: ({ glue, modules }) =>
      modules.reduce((sum, { bytes }) => sum + bytes.length, glue.length),
  });
  const refused = new LRUCache<string, RunnerError>({ max: 1_000, ttl: 60_000 });
  const making = new Map<string, Promise<Artifact>>();
  const anticipated = new Map<string, Promise<Artifact | null>>();

  const disk = createDiskCache({
    directory: options.directory,
    suffix: ".artifact",
    onTrouble: options.onDiskTrouble ?? (() => undefined),
    ...(options.maxDiskBytes === undefined ? {} : { maxBytes: options.maxDiskBytes }),
  });

  const keyOf = (componentDigest: string) =>
    createHash("sha256")
      .update(
        JSON.stringify([
          componentDigest,
          TOOLCHAIN,
          options.memoryCapBytes,
          options.hostInterfaces ?? "",
          options.isolation ?? "fresh",
        ]),
      )
      .digest("hex");
  const read = async (key: string): Promise<Artifact | null> => {
    const stored = await disk.read(key);
    return stored === null ? null : decodeArtifact(stored);
  };
  const make = async (key: string, component: Uint8Array): Promise<Artifact> => {
    const kept = await (anticipated.get(key) ?? read(key));
    options.onLook?.("artifact_disk", kept !== null);
    if (kept !== null) return kept;
    const artifact = await options.prepare(component);
    await disk.write(key, encodeArtifact(artifact));
    return artifact;
  };

  return {
    async get(componentDigest, component) {
      const key = keyOf(componentDigest);
      const known = memory.get(key);
      options.onLook?.("artifact_memory", known !== undefined);
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
        anticipated.delete(key);
      }
    },
    anticipate(componentDigest) {
      const key = keyOf(componentDigest);
      if (memory.has(key) || making.has(key) || anticipated.has(key)) return () => undefined;
      const reading = read(key).then(
        (artifact) => {
          // Its digest takes as long as the file's: better now than when the call waits for nothing else.
          if (artifact !== null) engineOf(artifact);
          return artifact;
        },
        () => null,
      );
      anticipated.set(key, reading);
      return () => void anticipated.delete(key);
    },
  };
}

import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { verify, BundleError, type TrustPolicy } from "@alga-ext/bundle";
import { readBundle, type Bundle } from "@alga-ext/bundle/node";
import { ManifestError } from "@alga-ext/manifest";
import type { BundleSource, ContentHash } from "@alga-ext/protocol";
import { RunnerError } from "../errors.ts";

/** What the runner keeps of a verified bundle. */
export interface LoadedBundle {
  /** `dist/main.wasm`; null for a bundle that has only a UI. */
  readonly component: Uint8Array | null;
  /** Hex sha256 of the component; empty without one. */
  readonly componentDigest: string;
  /** Files below `ui/`, by path without that prefix. */
  readonly ui: ReadonlyMap<string, Uint8Array>;
}

/** Bundles by content hash: fetched once, verified, kept in memory under a budget. */
export interface BundleStore {
  /**
   * Load and verify one bundle.
   *
   * @throws {RunnerError} `bundle_fetch_failed`, with `details.reason`
   */
  load(hash: ContentHash): Promise<LoadedBundle>;
}

/** Options of {@link createBundleStore}. */
export interface BundleStoreOptions {
  readonly source: BundleSource;
  /** Whose signatures count; null only together with `allowUnsigned`. */
  readonly trust: TrustPolicy | null;
  /** Take bundles without a valid signature. */
  readonly allowUnsigned: boolean;
  /** Memory for unpacked bundles. @default 256 MiB */
  readonly maxBytes?: number;
}

const COMPONENT_PATH = "dist/main.wasm";
const UI_PREFIX = "ui/";
const FETCH_TIMEOUT_MS = 60_000;

/** Create the store of one runner. */
export function createBundleStore(options: BundleStoreOptions): BundleStore {
  const loaded = new LRUCache<ContentHash, LoadedBundle>({
    maxSize: options.maxBytes ?? 256 * 1024 * 1024,
    sizeCalculation: ({ component, ui }) =>
      [...ui.values()].reduce((sum, bytes) => sum + bytes.length, component?.length ?? 0) + 1,
  });
  const loading = new Map<ContentHash, Promise<LoadedBundle>>();

  const load = async (hash: ContentHash): Promise<LoadedBundle> => {
    const stored = await options.source
      .open(hash, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
      .catch((cause: unknown) => {
        throw failed("unreachable", "the bundle store does not answer", cause);
      });
    if (stored === null) throw failed("absent", "the bundle store does not have it");
    let bundle: Bundle;
    try {
      bundle = await readBundle(stored.archive, { expectedHash: hash });
      await checkSignature(bundle, stored.signatures, options);
    } catch (cause) {
      if (cause instanceof BundleError || cause instanceof ManifestError)
        throw failed(cause.code, cause.message, cause);
      throw cause;
    }
    const component = bundle.files.get(COMPONENT_PATH) ?? null;
    const ui = new Map<string, Uint8Array>();
    for (const [path, bytes] of bundle.files) {
      if (path.startsWith(UI_PREFIX)) ui.set(path.slice(UI_PREFIX.length), bytes);
    }
    const componentDigest = component === null ? "" : createHash("sha256").update(component).digest("hex");
    return { component, componentDigest, ui };
  };

  return {
    load(hash) {
      const known = loaded.get(hash);
      if (known !== undefined) return Promise.resolve(known);
      const pending = loading.get(hash);
      if (pending !== undefined) return pending;
      const started = load(hash).then(
        (bundle) => {
          loaded.set(hash, bundle);
          loading.delete(hash);
          return bundle;
        },
        (error: unknown) => {
          loading.delete(hash);
          throw error;
        },
      );
      loading.set(hash, started);
      return started;
    },
  };
}

async function checkSignature(
  bundle: Bundle,
  signatures: string | null,
  options: BundleStoreOptions,
): Promise<void> {
  if (options.trust === null) {
    if (options.allowUnsigned) return;
    throw new BundleError("untrusted_key", "This runner trusts no key.");
  }
  if (signatures === null) {
    if (options.allowUnsigned) return;
    throw new BundleError("unsigned", "The bundle has no signature.");
  }
  try {
    await verify(bundle, signatures, options.trust);
  } catch (error) {
    if (!options.allowUnsigned) throw error;
  }
}

function failed(reason: string, message: string, cause?: unknown): RunnerError {
  return new RunnerError("bundle_fetch_failed", `The bundle cannot be used (${reason}): ${message}`, {
    cause,
    details: { reason },
  });
}

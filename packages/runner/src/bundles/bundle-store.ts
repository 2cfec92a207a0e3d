import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { bundleSubject, BundleError, verify, verifyStatement, type TrustSource } from "@alga-ext/bundle";
import { readBundle, type Bundle } from "@alga-ext/bundle/node";
import { ManifestError } from "@alga-ext/manifest";
import type { BundleSource, ContentHash, StoredBundle } from "@alga-ext/protocol";
import { RunnerError } from "../errors.ts";
import { assertTrusted, type Evidence, type SignatureCheck } from "./assert-trusted.ts";

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
  /** Judge everything in memory by the trust that holds now; drops what no longer verifies and answers what does. */
  recheck(): Promise<ReadonlySet<ContentHash>>;
}

/** Options of {@link createBundleStore}. */
export interface BundleStoreOptions {
  readonly source: BundleSource;
  /** Whose signatures count; null only together with `allowUnsigned`. */
  readonly trust: TrustSource | null;
  /** Take bundles without a valid signature. */
  readonly allowUnsigned: boolean;
  /** Memory for unpacked bundles. @default 256 MiB */
  readonly maxBytes?: number;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** Told of every `load`: whether memory had it. */
  readonly onLook?: (isHit: boolean) => void;
}

const COMPONENT_PATH = "dist/main.wasm";
const UI_PREFIX = "ui/";
const FETCH_TIMEOUT_MS = 60_000;

interface Held {
  readonly bundle: LoadedBundle;
  readonly evidence: Evidence;
}

/** Create the store of one runner. */
export function createBundleStore(options: BundleStoreOptions): BundleStore {
  const { source, trust, allowUnsigned, now = Date.now } = options;
  const held = new LRUCache<ContentHash, Held>({
    maxSize: options.maxBytes ?? 256 * 1024 * 1024,
    sizeCalculation: ({ bundle: { component, ui }, evidence }) =>
      [...ui.values()].reduce((sum, bytes) => sum + bytes.length, component?.length ?? 0) +
      (evidence.signatures?.length ?? 0) +
      1,
  });
  const loading = new Map<ContentHash, Promise<LoadedBundle>>();

  /** `settle` runs in the same turn as the last look at the trust: a change comes before the judgement or after it. */
  const judge = async (evidence: Evidence, check: SignatureCheck, settle: () => void): Promise<void> => {
    const policy = trust?.current ?? null;
    await assertTrusted(evidence, { trust: policy, allowUnsigned, now: new Date(now()) }, check);
    if (policy !== (trust?.current ?? null)) return judge(evidence, check, settle);
    settle();
  };

  const load = async (hash: ContentHash): Promise<LoadedBundle> => {
    const stored: (StoredBundle & { readonly acceptedAt?: Date | null }) | null = await source
      .open(hash, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
      .catch((cause: unknown) => {
        throw failed("unreachable", "the bundle store does not answer", cause);
      });
    if (stored === null) throw failed("absent", "the bundle store does not have it");
    const { signatures, acceptedAt = null } = stored;
    try {
      const bundle = await readBundle(stored.archive, { expectedHash: hash });
      const evidence: Evidence = {
        contentHash: hash,
        subject: bundleSubject(bundle),
        signatures,
        acceptedAt,
      };
      const kept = toLoaded(bundle);
      await judge(
        evidence,
        (text, policy, when) => verify(bundle, text, policy, when),
        () => held.set(hash, { bundle: kept, evidence }),
      );
      return kept;
    } catch (cause) {
      if (cause instanceof BundleError || cause instanceof ManifestError)
        throw failed(cause.code, cause.message, cause);
      throw cause;
    }
  };

  return {
    load(hash) {
      const known = held.get(hash);
      options.onLook?.(known !== undefined);
      if (known !== undefined) return Promise.resolve(known.bundle);
      const pending = loading.get(hash);
      if (pending !== undefined) return pending;
      const started = load(hash).finally(() => loading.delete(hash));
      loading.set(hash, started);
      return started;
    },
    async recheck() {
      const sound = new Set<ContentHash>();
      // A copy: loads may end while these are judged.
      const all = [...held];
      for (const [hash, { evidence }] of all) {
        try {
          await judge(
            evidence,
            (text, policy, when) => verifyStatement(hash, text, policy, when),
            () => sound.add(hash),
          );
        } catch {
          held.delete(hash);
        }
      }
      return sound;
    },
  };
}

function toLoaded(bundle: Bundle): LoadedBundle {
  const component = bundle.files.get(COMPONENT_PATH) ?? null;
  const ui = new Map<string, Uint8Array>();
  for (const [path, bytes] of bundle.files) {
    if (path.startsWith(UI_PREFIX)) ui.set(path.slice(UI_PREFIX.length), bytes);
  }
  const componentDigest = component === null ? "" : createHash("sha256").update(component).digest("hex");
  return { component, componentDigest, ui };
}

function failed(reason: string, message: string, cause?: unknown): RunnerError {
  return new RunnerError("bundle_fetch_failed", `The bundle cannot be used (${reason}): ${message}`, {
    cause,
    details: { reason },
  });
}

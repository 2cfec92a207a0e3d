import { access, constants } from "node:fs/promises";
import type { BundleSource } from "@alga-ext/protocol";

/** HTTP status and JSON of one look. */
export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly body: Readonly<Record<string, boolean | number | string | null>>;
}

/** What probes are told. */
export interface Health {
  /** Whether the process should live: its disk cache can be written. A store that is down is told, and no reason. */
  live(): Promise<HealthAnswer>;
  /**
   * Whether calls should come here: not while it closes, and not before the bundle store has answered once. A store that
   * fails later changes nothing, because what is loaded keeps running.
   */
  ready(): Promise<HealthAnswer>;
}

const PROBE_TIMEOUT_MS = 1_000;
/** Probes come from several sides; the store is asked this often at most. */
const PROBE_EVERY_MS = 1_000;

type StoreState = "bundle_store_unreachable" | "ok" | "unchecked";

/** Create the health of one runner. */
export function createHealth(parts: {
  readonly cacheDir: string;
  /** Null without a bound. */
  readonly cacheMaxBytes: number | null;
  readonly source: BundleSource;
  readonly wall: string;
  readonly isClosing: () => boolean;
}): Health {
  const { source } = parts;
  let last: { readonly at: number; readonly state: Promise<StoreState> } | null = null;
  let wasSeen = source.check === undefined;

  const probe = (): Promise<StoreState> => {
    if (source.check === undefined) return Promise.resolve("unchecked");
    const now = performance.now();
    if (last !== null && now - last.at < PROBE_EVERY_MS) return last.state;
    const state = within(source.check({ signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })).then(
      (): StoreState => {
        wasSeen = true;
        return "ok";
      },
      (): StoreState => "bundle_store_unreachable",
    );
    last = { at: now, state };
    return state;
  };

  return {
    async live() {
      const isWritable = await access(parts.cacheDir, constants.W_OK).then(
        () => true,
        () => false,
      );
      const body = {
        cache_writable: isWritable,
        bundle_store: await probe(),
        ext_cache_max_bytes: parts.cacheMaxBytes,
        wall: parts.wall,
        closing: parts.isClosing(),
      };
      return { status: isWritable ? 200 : 503, body };
    },
    async ready() {
      if (parts.isClosing()) return { status: 503, body: { ready: false, reason: "closing" } };
      if (!wasSeen) await probe();
      if (!wasSeen) return { status: 503, body: { ready: false, reason: "bundle_store_unreachable" } };
      return { status: 200, body: { ready: true } };
    },
  };
}

/** A check that ignores its signal is given up all the same. */
async function within(check: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("no answer in time")), PROBE_TIMEOUT_MS);
  try {
    await Promise.race([check, promise]);
  } finally {
    clearTimeout(timer);
  }
}

import { LRUCache } from "lru-cache";
import type { InstallResolver, ResolvedInstall } from "@alga-ext/protocol";
import { shareCalls } from "./internal/share-calls.ts";

/** Options of {@link createInstallCache}. */
export interface InstallCacheOptions {
  /** Where installs come from. */
  readonly installs: InstallResolver;
  /** Answers kept; the least recently used goes first. @default 5000 */
  readonly maxInstalls?: number;
  /**
   * How long an answer counts, in milliseconds, where the resolver has no `revision` to ask: what was disabled or
   * revoked may run for as long. 0 keeps nothing. @default 1000
   */
  readonly ttlMs?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}

/** One extension of one tenant; only {@link toInstallKey} makes them, so none can leave the tenant out. */
type InstallKey = string & { readonly __brand: "InstallKey" };

interface Kept {
  readonly install: ResolvedInstall;
  readonly untilMs: number;
}

/**
 * Keep what a resolver answers, so that a call costs one look at the install's revision instead of reading all of it.
 *
 * Where the resolver has a `revision` it is asked for every call, by a query that began after the call came: what is
 * disabled, revoked or uninstalled stops at once. Calls that come at the same time share one query. Where it has none,
 * an answer counts for `ttlMs`. That something is not there is never kept, and no answer that names another tenant.
 */
export function createInstallCache(options: InstallCacheOptions): InstallResolver {
  const { installs, maxInstalls = 5000, ttlMs = 1000, clock = Date.now } = options;
  const kept = new LRUCache<InstallKey, Kept>({ max: maxInstalls });

  const load = async (query: InstallQuery): Promise<ResolvedInstall | null> => {
    const key = toInstallKey(query);
    const nowMs = clock();
    const install = await installs.resolve(query);
    const isKept = installs.revision === undefined ? ttlMs > 0 : install?.revision !== undefined;
    if (install?.tenantId === query.tenantId && isKept) kept.set(key, { install, untilMs: nowMs + ttlMs });
    else kept.delete(key);
    return install;
  };

  const find = async (query: InstallQuery): Promise<ResolvedInstall | null> => {
    const found = kept.get(toInstallKey(query));
    if (found === undefined) return load(query);
    if (installs.revision === undefined) return clock() < found.untilMs ? found.install : load(query);
    if ((await installs.revision(query)) === found.install.revision) return found.install;
    return load(query);
  };

  const shared = shareCalls<InstallQuery, ResolvedInstall | null>(find, toInstallKey);
  return {
    async resolve(query) {
      // What counts without a question needs no sharing.
      const found = installs.revision === undefined ? kept.get(toInstallKey(query)) : undefined;
      return found !== undefined && clock() < found.untilMs ? found.install : shared(query);
    },
    ...(installs.revision === undefined ? {} : { revision: (query) => installs.revision!(query) }),
  };
}

type InstallQuery = Parameters<InstallResolver["resolve"]>[0];

function toInstallKey({ tenantId, extensionId }: InstallQuery): InstallKey {
  return JSON.stringify([tenantId, extensionId]) as InstallKey;
}

import { RegistryError } from "../errors.ts";
import { STORAGE_LIMITS } from "../storage/limits.ts";

/** Limits that a call takes from: per window, except `concurrent`. */
export const CALL_LIMITS = ["invocations", "cpuMs", "memoryMbMs", "egressBytes", "concurrent"] as const;
/** Limits of what an install may keep stored. */
export const STORED_LIMITS = ["storageBytes", "storageNamespaces", "storageKeysPerNamespace"] as const;

/** A limit that `quotas.take` may refuse for. */
export type CallLimit = (typeof CALL_LIMITS)[number];
/** A limit of the key-value storage. */
export type StoredLimit = (typeof STORED_LIMITS)[number];

/**
 * Limits of one scope, each for one extension of one tenant. What is left out is inherited from the next wider scope;
 * null lifts an inherited limit.
 */
export type QuotaLimits = { readonly [limit in CallLimit | StoredLimit]?: number | null } & {
  /** Length of a window, 60 to 2,678,400 seconds; windows start at multiples of it since 1970. @default 86400 */
  readonly windowSeconds?: number;
};

/** The limits that hold, nothing left out; null is no limit. */
export type EffectiveLimits = { readonly [limit in CallLimit | StoredLimit]: number | null } & {
  readonly windowSeconds: number;
};

/** Window of a scope chain in which nobody set one: a day. */
export const DEFAULT_WINDOW_SECONDS = 86_400;
const LONGEST_WINDOW_SECONDS = 2_678_400;
const NAMES: readonly string[] = [...CALL_LIMITS, ...STORED_LIMITS];

/**
 * Check limits that an administrator wrote.
 *
 * @throws {RegistryError} `invalid_request`, with the `field`.
 */
export function parseLimits(input: unknown): QuotaLimits {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return refuse("limits", "must be an object");
  }
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    if (name === "windowSeconds") {
      const isWindow = Number.isSafeInteger(value) && value >= 60 && value <= LONGEST_WINDOW_SECONDS;
      if (!isWindow) refuse(name, `must be a whole number from 60 to ${LONGEST_WINDOW_SECONDS}`);
    } else if (!NAMES.includes(name)) {
      refuse(name, `is not a limit; limits are ${NAMES.join(", ")} and windowSeconds`);
    } else if (value !== null && !(Number.isSafeInteger(value) && value >= 0)) {
      refuse(name, "must be a whole number from 0, or null for no limit");
    }
  }
  return { ...input };
}

/** Fill in what no scope has set: calls are unlimited, storage has the limits of the host API. */
export function toEffective(limits: QuotaLimits): EffectiveLimits {
  return {
    windowSeconds: DEFAULT_WINDOW_SECONDS,
    invocations: null,
    cpuMs: null,
    memoryMbMs: null,
    egressBytes: null,
    concurrent: null,
    storageBytes: STORAGE_LIMITS.totalBytes,
    storageNamespaces: STORAGE_LIMITS.namespacesPerInstall,
    storageKeysPerNamespace: STORAGE_LIMITS.keysPerNamespace,
    ...limits,
  };
}

function refuse(field: string, problem: string): never {
  throw new RegistryError("invalid_request", `${field} ${problem}.`, { details: { field } });
}

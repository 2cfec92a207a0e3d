import { CAPABILITIES } from "./capabilities.ts";
import { PLATFORM_CATALOGUE } from "./create-catalogue.ts";
import type { PlatformCapability } from "./ports.ts";

/**
 * The `cap:` name of a capability of the platform, however it is written: bare or prefixed, any case, an old alias.
 *
 * @returns null when nothing of that name is known.
 * @example
 * normalizeCapability("Storage.KV"); // "cap:storage.kv"
 */
export function normalizeCapability(name: string): string | null {
  return PLATFORM_CATALOGUE.normalize(name);
}

/** Look a capability of the platform up by any way of writing its name; null when it is not known. */
export function findCapability(name: string): PlatformCapability | null {
  const known = normalizeCapability(name);
  return CAPABILITIES.find((item) => item.name === known) ?? null;
}

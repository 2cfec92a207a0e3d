import type { TrustSource } from "../ports.ts";
import type { TrustPolicy } from "./trust-policy.ts";

/** A policy that never changes, as a source; a source stays itself. */
export function toTrustSource(trust: TrustPolicy | TrustSource): TrustSource {
  return "current" in trust ? trust : Object.freeze({ current: trust, onChange: () => () => undefined });
}

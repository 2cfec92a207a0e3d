import { lowerHost } from "./internal/lower-host.ts";
import { matchesHost } from "./matches-host.ts";

/**
 * Hosts an install may really call: what both the version declares and an administrator grants.
 *
 * Either side may be the narrower one: `*.vendor.example` and `api.vendor.example` meet in the latter.
 */
export function effectiveEgress(declared: readonly string[], granted: readonly string[]): string[] {
  const both = new Set<string>();
  for (const asked of declared.map(lowerHost)) {
    for (const given of granted.map(lowerHost)) {
      if (asked === given || matchesHost(given, asked)) both.add(asked);
      else if (matchesHost(asked, given)) both.add(given);
    }
  }
  return [...both];
}

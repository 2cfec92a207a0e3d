import type { HostOwner } from "../ports.ts";

/**
 * Where the UI of a host's install starts: the query is kept, and says whose install it is in our words, not in the
 * caller's.
 */
export function toUiLocation(owner: HostOwner, query: URLSearchParams): string {
  const kept = new URLSearchParams(query);
  kept.delete("tenant");
  kept.delete("extensionId");
  kept.append("tenant", owner.tenantId);
  kept.append("extensionId", owner.registryId);
  return `/ext-ui/${encodeURIComponent(owner.registryId)}/${encodeURIComponent(owner.contentHash)}/index.html?${kept.toString()}`;
}

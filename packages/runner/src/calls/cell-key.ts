import type { ContentHash, ExecuteRequest } from "@alga-ext/protocol";

/** Name of the cell a call runs in: one cell never serves two installs, two tenants or two versions. */
export function toCellKey(context: ExecuteRequest["context"], hash: ContentHash): string {
  return JSON.stringify([context.tenant_id, context.extension_id, context.install_id ?? "", hash]);
}

/** The bundle that runs in a cell, by the cell's key. */
export function cellKeyHash(key: string): ContentHash {
  const [, , , hash] = JSON.parse(key) as [string, string, string, ContentHash];
  return hash;
}

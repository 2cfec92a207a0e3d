import { createHash } from "node:crypto";

/** Hash that stands before the first event of a chain. */
export const GENESIS_HASH = "0".repeat(64);

/** What an event says of itself. */
export interface ChainLink {
  readonly prevHash: string;
  readonly tenantId: string;
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly actor: string;
  readonly payload: string;
}

/** Hash of one event over everything it says and the hash before it. */
export function chainHash(event: ChainLink): string {
  const parts = [event.prevHash, event.tenantId, event.seq, event.at, event.type, event.actor, event.payload];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

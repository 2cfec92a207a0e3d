import type { RegistryDb, SharedDb } from "../db/registry-db.ts";
import { chainHash, GENESIS_HASH } from "./append-event.ts";

/** What {@link verifyChain} found. */
export interface ChainReport {
  readonly events: number;
  /** Sequence number of the first event that does not fit, or null when the chain holds. */
  readonly brokenAt: number | null;
  /** Hash of the last good event; export it to notice a cut-off end. */
  readonly head: string;
}

/** Walk one hash chain of the release log and name the first event that was altered, removed or reordered. */
export function verifyChain(db: RegistryDb, tenantId: string): Promise<ChainReport> {
  return tenantId === ""
    ? db.shared((tx) => walk(tx, tenantId))
    : db.withTenant(tenantId, (tx) => walk(tx as unknown as SharedDb, tenantId));
}

async function walk(tx: SharedDb, tenantId: string): Promise<ChainReport> {
  const rows = await tx
    .selectFrom("release_event")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .orderBy("seq")
    .execute();
  let head = GENESIS_HASH;
  for (const [index, row] of rows.entries()) {
    const seq = index + 1;
    const fits =
      Number(row.seq) === seq &&
      row.prev_hash === head &&
      row.hash ===
        chainHash({
          prevHash: row.prev_hash,
          tenantId: row.tenant_id,
          seq,
          at: row.at,
          type: row.type,
          actor: row.actor,
          payload: row.payload,
        });
    if (!fits) return { events: rows.length, brokenAt: seq, head };
    head = row.hash;
  }
  return { events: rows.length, brokenAt: null, head };
}

import type { RegistryDb } from "../db/registry-db.ts";
import { CHAIN_START, inChain, walkChain, type ChainAnchor, type ChainProblem } from "./walk-chain.ts";

/** Which chain of the release log to check, and against what. */
export interface VerifyChainQuery {
  /** @default "" for the registry's own chain */
  readonly tenantId?: string;
  /**
   * Heads of this chain that were exported or signed before, besides the newest signed one that the registry itself
   * remembers: without any, a chain that was cut off or rewritten as a whole looks good.
   */
  readonly heads?: readonly ChainAnchor[];
}

/** What {@link verifyChain} found. */
export interface ChainReport {
  /** Good events before the first that does not fit. */
  readonly events: number;
  /** Sequence number of the first event that does not fit, or null when the chain holds. */
  readonly brokenAt: number | null;
  /** What is wrong there; null when the chain holds. */
  readonly problem: ChainProblem | null;
  /** Hash of the last good event; export it to notice a cut-off end. */
  readonly head: string;
}

/**
 * Walk one hash chain of the release log and name the first event that was altered, removed or moved, or from which on
 * it is not the chain of a known head. The memory it takes does not grow with the chain.
 */
export async function verifyChain(
  db: RegistryDb,
  { tenantId = "", heads = [] }: VerifyChainQuery = {},
): Promise<ChainReport> {
  const signed = await readSigned(db, tenantId);
  const known = [...heads, ...signed].filter(({ seq }) => seq > 0).sort((a, b) => a.seq - b.seq);
  let last: ChainAnchor = CHAIN_START;
  const broken = (brokenAt: number, problem: ChainProblem): ChainReport => ({
    events: last.seq,
    brokenAt,
    problem,
    head: last.hash,
  });
  const walk = walkChain(db, { tenantId });
  for (;;) {
    const step = await walk.next();
    if (step.done === true) {
      if (step.value !== null) return broken(step.value.seq, step.value.problem);
      if (known.length > 0) return broken(last.seq + 1, "truncated");
      return { events: last.seq, brokenAt: null, problem: null, head: last.hash };
    }
    for (const event of step.value) {
      while (known[0]?.seq === event.seq) {
        if (known.shift()?.hash !== event.hash) return broken(event.seq, "forked");
      }
      last = event;
    }
  }
}

async function readSigned(db: RegistryDb, tenantId: string): Promise<ChainAnchor[]> {
  const rows = await inChain(db, tenantId, (tx) =>
    tx.selectFrom("extension_head").select(["seq", "hash"]).where("tenant_id", "=", tenantId).execute(),
  );
  return rows.map(({ seq, hash }) => ({ seq: Number(seq), hash }));
}

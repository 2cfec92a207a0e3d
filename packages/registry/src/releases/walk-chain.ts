import type { RegistryDb, SharedDb } from "../db/registry-db.ts";
import { chainHash, GENESIS_HASH } from "./chain-hash.ts";

/** What is wrong with a chain. */
export type ChainProblem =
  /** An event does not say what was hashed. */
  | "altered"
  /** An event is gone; others follow. */
  | "missing"
  /** The event is there, at another place. */
  | "reordered"
  /** The end is gone: a head that was exported or signed before lies past it. */
  | "truncated"
  /** The chain is whole, but it is not the one that a head was exported of or signed for. */
  | "forked";

/** A point of a chain that is known from elsewhere, such as a signed head. */
export interface ChainAnchor {
  readonly seq: number;
  readonly hash: string;
}

/** An event as it lies in the log. */
export interface ChainEvent extends ChainAnchor {
  readonly prevHash: string;
  readonly at: string;
  readonly type: string;
  readonly actor: string;
  /** JSON text exactly as hashed. */
  readonly payload: string;
}

/** The first event that does not fit. */
export interface ChainBreak {
  readonly seq: number;
  readonly problem: ChainProblem;
}

/** Before the first event of every chain. */
export const CHAIN_START: ChainAnchor = { seq: 0, hash: GENESIS_HASH };

/** Events per page. */
export const CHAIN_PAGE = 1_000;

/**
 * Check a chain from a good point to its end, page by page, each in a transaction of its own; stops at the first event
 * that does not fit. An event counts as good once the next one bears witness to it. Memory does not grow with the chain.
 */
export async function* walkChain(
  db: RegistryDb,
  { tenantId, from = CHAIN_START }: { readonly tenantId: string; readonly from?: ChainAnchor },
): AsyncGenerator<readonly ChainEvent[], ChainBreak | null, undefined> {
  let last = from;
  let held: ChainEvent | null = null;
  for (;;) {
    const page = await inChain(db, tenantId, (tx) => readEvents(tx, { tenantId, seq: last.seq + 1 }));
    const good: ChainEvent[] = [];
    for (const event of page) {
      const problem = await judge(db, { tenantId, last, hasWitness: held === null, event });
      if (problem !== null) {
        if (held !== null && held.seq < problem.seq) good.push(held);
        yield good;
        return problem;
      }
      if (held !== null) good.push(held);
      last = held = event;
    }
    const isEnd = page.length < CHAIN_PAGE;
    if (isEnd && held !== null) good.push(held);
    yield good;
    if (isEnd) return null;
  }
}

/** Run a transaction that sees one chain: a tenant's, or the registry's own. */
export function inChain<T>(db: RegistryDb, tenantId: string, fn: (tx: SharedDb) => Promise<T>): Promise<T> {
  return tenantId === "" ? db.shared(fn) : db.withTenant(tenantId, (tx) => fn(tx as unknown as SharedDb));
}

/** Events from `seq` on, one page of them. */
export async function readEvents(
  tx: SharedDb,
  { tenantId, seq }: { readonly tenantId: string; readonly seq: number },
): Promise<ChainEvent[]> {
  const rows = await tx
    .selectFrom("release_event")
    .select(["seq", "hash", "prev_hash", "at", "type", "actor", "payload"])
    .where("tenant_id", "=", tenantId)
    .where("seq", ">=", seq)
    .orderBy("seq")
    .limit(CHAIN_PAGE)
    .execute();
  return rows.map(({ prev_hash, ...rest }) => ({ ...rest, seq: Number(rest.seq), prevHash: prev_hash }));
}

/** Whether an event is what it says it is and follows directly after another. */
export function follows(
  event: ChainEvent,
  { tenantId, last }: { readonly tenantId: string; readonly last: ChainAnchor },
): boolean {
  return event.seq === last.seq + 1 && event.prevHash === last.hash && isItself(event, tenantId);
}

function isItself(event: ChainEvent, tenantId: string): boolean {
  return event.hash === chainHash({ ...event, tenantId });
}

async function judge(
  db: RegistryDb,
  step: {
    readonly tenantId: string;
    readonly last: ChainAnchor;
    /** Whether somebody else vouches for `last`. */
    readonly hasWitness: boolean;
    readonly event: ChainEvent;
  },
): Promise<ChainBreak | null> {
  const { tenantId, last, event } = step;
  if (follows(event, { tenantId, last })) return null;
  const seq = last.seq + 1;
  // The event that belongs here names the last good hash, wherever it was moved to.
  const moved = await inChain(db, tenantId, (tx) =>
    tx
      .selectFrom("release_event")
      .select("seq")
      .where("tenant_id", "=", tenantId)
      .where("seq", ">", seq)
      .where("prev_hash", "=", last.hash)
      .limit(1)
      .executeTakeFirst(),
  );
  if (moved !== undefined) return { seq, problem: "reordered" };
  if (event.seq !== seq) return { seq, problem: "missing" };
  // An event that is itself bears witness against the one before it, which was rewritten together with its hash.
  return { seq: isItself(event, tenantId) && !step.hasWitness ? last.seq : seq, problem: "altered" };
}

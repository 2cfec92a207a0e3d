import { decodeProtectedHeader } from "jose";
import { sql } from "kysely";
import type { RegistryDb, SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { HeadSigner } from "../ports.ts";
import { createCoalescer } from "../quotas/coalesce.ts";
import { broken, growSnapshot } from "./grow-snapshot.ts";
import { MAX_AHEAD_MS, type Head } from "./head.ts";
import { proveInclusion, type SnapshotProof } from "./prove-inclusion.ts";
import type { ReleaseRef } from "./read-release-manifest.ts";
import { signHead } from "./sign-head.ts";
import { CHAIN_PAGE, CHAIN_START, follows, inChain, readEvents, type ChainAnchor } from "./walk-chain.ts";

/** Signed statements of where the release log ends and what is published. */
export interface Heads {
  /**
   * The newest head as compact JWS, for `verifyHead`. It covers everything committed before the call; only what is new
   * since the last one is read, and never signed when it does not continue it.
   *
   * Throws `heads_not_configured` without a key, `release_log_broken`.
   */
  current(query?: { readonly tenantId?: string }): Promise<string>;
  /**
   * A head with the proof, for `verifyInclusion`, that a version belongs to its snapshot.
   *
   * Throws `extension_not_found`, `version_not_found`, and as `current`.
   */
  proof(request: ReleaseRef): Promise<SnapshotProof>;
}

/** What {@link createHeads} works with. */
export interface HeadsContext {
  readonly db: RegistryDb;
  readonly clock: () => number;
  /** Null where heads are not signed. */
  readonly signer: HeadSigner | null;
  /** Who signs. */
  readonly issuer: string;
  /** How long a head is good; a new one is made at half of it. */
  readonly lifetimeMs: number;
}

/** Signed heads of the release log. */
export function createHeads(context: HeadsContext): Heads {
  const make = async (tenantId: string): Promise<string> => {
    const signer = context.signer;
    if (signer === null) {
      throw new RegistryError("heads_not_configured", "This registry signs no heads: set headSigningKey.");
    }
    for (;;) {
      const step = await inChain(context.db, tenantId, (tx) => advance(tx, { ...context, signer, tenantId }));
      if (step.isNewest) return step.signed;
    }
  };
  // A signer may be slow: all who ask for one chain meanwhile wait for one connection, and do not take up one each.
  const shared = createCoalescer<null, string>(async (tenantId, askers) => {
    const signed = await make(tenantId);
    return askers.map(() => signed);
  });
  const current = (tenantId: string): Promise<string> => shared(tenantId, null);
  return Object.freeze<Heads>({
    current: (query = {}) => current(query.tenantId ?? ""),
    proof: (request) => proveInclusion(context.db, { ...request, current: () => current("") }),
  });
}

/** Sign for one more page of events, or answer the head that is there. */
async function advance(
  tx: SharedDb,
  context: HeadsContext & { readonly signer: HeadSigner; readonly tenantId: string },
): Promise<{ readonly signed: string; readonly isNewest: boolean }> {
  const { tenantId, clock, signer, issuer, lifetimeMs } = context;
  const lock = `extension_head:${tenantId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(tx);
  const stored = await tx
    .selectFrom("extension_head")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .executeTakeFirst();
  const from = stored === undefined ? CHAIN_START : { seq: Number(stored.seq), hash: stored.hash };
  const page = await readEvents(tx, { tenantId, seq: from.seq });
  const isNewest = page.length < CHAIN_PAGE;
  const events = from.seq === 0 ? page : page.slice(1);
  // What was signed for must still be there: nobody gets a signature for another history.
  if (from.seq > 0 && (page[0]?.seq !== from.seq || page[0].hash !== from.hash)) {
    throw broken("The release log is not the one that was signed for.", { seq: from.seq });
  }
  const now = clock();
  if (stored !== undefined && events.length === 0) {
    const age = now - stored.issued_at.getTime();
    // One from the future, by a clock that was wrong, is refused by everybody: it must not be handed out until then.
    const isFresh = age < lifetimeMs / 2 && age > -MAX_AHEAD_MS;
    if (isFresh && decodeProtectedHeader(stored.signed).kid === signer.keyId) {
      return { signed: stored.signed, isNewest };
    }
  }
  let last: ChainAnchor = from;
  for (const event of events) {
    if (!follows(event, { tenantId, last }))
      throw broken("The release log is broken.", { seq: last.seq + 1 });
    last = event;
  }
  const size = Number(stored?.snapshot_size ?? 0);
  const head: Head = {
    issuer,
    chain: tenantId,
    number: Number(stored?.number ?? 0) + 1,
    seq: last.seq,
    hash: last.hash,
    snapshot: tenantId === "" ? await growSnapshot(tx, { size, events }) : null,
    issuedAt: new Date(now).toISOString(),
    expiresAt: new Date(now + lifetimeMs).toISOString(),
  };
  const signed = await signHead(head, signer);
  const row = {
    number: head.number,
    seq: head.seq,
    hash: head.hash,
    snapshot_size: head.snapshot?.size ?? 0,
    signed,
    issued_at: new Date(now),
  };
  await tx
    .insertInto("extension_head")
    .values({ tenant_id: tenantId, ...row })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(row))
    .execute();
  return { signed, isNewest };
}

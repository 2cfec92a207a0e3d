import type { IdempotencyScope, IdempotencyStore, KeptAnswer } from "../ports.ts";

/** Options of {@link createSqlIdempotency}. */
export interface SqlIdempotencyOptions {
  /** Run one statement of Postgres with `$1` parameters; `query` of a pool of `pg`, or of PGlite, is one. */
  readonly query: (
    sql: string,
    parameters: unknown[],
  ) => Promise<{ readonly rows: readonly { readonly [column: string]: unknown }[] }>;
  /** How long an answer is kept, in milliseconds. @default 86400000 */
  readonly ttlMs?: number;
  /**
   * How long a call may be under way, in milliseconds, before its key counts as lost: longer than `timeoutMs` of the
   * gateway. @default 300000
   */
  readonly claimMs?: number;
  /** Milliseconds since the epoch; processes that share a table share this clock, give or take. @default Date.now */
  readonly clock?: () => number;
}

/** An {@link IdempotencyStore} in a table. */
export interface SqlIdempotency extends IdempotencyStore {
  /** Delete what is over; for the host's own schedule. */
  prune(): Promise<void>;
}

/** The table; running it again changes nothing. */
export const IDEMPOTENCY_TABLE = `create table if not exists alga_idempotency (
  id text primary key,
  fingerprint text not null,
  token text not null,
  answer text,
  busy_until_ms bigint not null,
  kept_until_ms bigint not null
)`;

const CLAIM = `insert into alga_idempotency as held (id, fingerprint, token, answer, busy_until_ms, kept_until_ms)
values ($1, $2, $3, null, $4, $5)
on conflict (id) do update set fingerprint = excluded.fingerprint, token = excluded.token, answer = null,
  busy_until_ms = excluded.busy_until_ms, kept_until_ms = excluded.kept_until_ms
where held.kept_until_ms <= $6
returning token`;
const LOOK = "select fingerprint, answer, busy_until_ms from alga_idempotency where id = $1";
const KEEP = `update alga_idempotency set answer = $3, kept_until_ms = $4
where id = $1 and token = $2 and answer is null`;
const RELEASE = "delete from alga_idempotency where id = $1 and token = $2 and answer is null";
const PRUNE = "delete from alga_idempotency where kept_until_ms <= $1";

/**
 * Keep the answers to calls with a key in Postgres, in the table {@link IDEMPOTENCY_TABLE}: shared by all processes of a
 * host, and there after a crash. A call whose process died is `lost` from then on, not made again.
 *
 * @example
 * await pool.query(IDEMPOTENCY_TABLE);
 * const idempotency = createSqlIdempotency({ query: (sql, parameters) => pool.query(sql, parameters) });
 */
export function createSqlIdempotency(options: SqlIdempotencyOptions): SqlIdempotency {
  const { query, ttlMs = 24 * 60 * 60 * 1000, claimMs = 5 * 60 * 1000, clock = Date.now } = options;
  return {
    async claim(scope, fingerprint) {
      const id = await idOf(scope);
      const token = crypto.randomUUID();
      const now = clock();
      const claimed = await query(CLAIM, [id, fingerprint, token, now + claimMs, now + ttlMs, now]);
      if (claimed.rows.length > 0) return { state: "new", token };
      const [held] = (await query(LOOK, [id])).rows;
      // Given back between the two statements: whoever asks once more gets it.
      if (held === undefined) return { state: "in_use" };
      if (held["fingerprint"] !== fingerprint) return { state: "reused" };
      const answer = held["answer"];
      if (typeof answer === "string") return { state: "kept", answer: JSON.parse(answer) as KeptAnswer };
      return { state: now < Number(held["busy_until_ms"]) ? "in_use" : "lost" };
    },
    async keep(scope, { token, answer }) {
      await query(KEEP, [await idOf(scope), token, JSON.stringify(answer), clock() + ttlMs]);
    },
    async release(scope, { token }) {
      await query(RELEASE, [await idOf(scope), token]);
    },
    async prune() {
      await query(PRUNE, [clock()]);
    },
  };
}

/** Of one length, however long a path is: an index takes no long keys. */
async function idOf({ tenantId, userId, installId, method, path, key }: IdempotencyScope): Promise<string> {
  const text = JSON.stringify([tenantId, userId, installId, method, path, key]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

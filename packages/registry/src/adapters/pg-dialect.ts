/**
 * Postgres through a pool of `pg`, which the host makes and configures.
 *
 * Import from `@alga-ext/registry/adapters/pg-dialect`.
 * @module
 */
import { PostgresDialect, type PostgresPool } from "kysely";

/** What is needed of a `Pool` of `pg`. */
export interface PgPool extends PostgresPool {
  on(event: "error", listener: (error: Error) => void): unknown;
  on(
    event: "connect",
    listener: (client: { on(event: "error", listener: (error: Error) => void): unknown }) => void,
  ): unknown;
}

/**
 * Kysely dialect over a pool that outlives its connections.
 *
 * When the server goes away, `pg` raises `error` on the pool for idle connections and on the client for one that is in
 * use between two statements; without a listener on both, either ends the process. Nothing is lost by listening: the
 * next statement fails, as `database_unavailable`. Set `connectionTimeoutMillis` on the pool, or whoever waits for a
 * connection of a full pool waits for ever.
 *
 * @param onError told of every connection that broke, such as to log it. @default nothing
 */
export function createPgDialect(
  pool: PgPool,
  onError: (error: Error) => void = () => undefined,
): PostgresDialect {
  pool.on("error", onError);
  pool.on("connect", (client) => client.on("error", onError));
  return new PostgresDialect({ pool });
}

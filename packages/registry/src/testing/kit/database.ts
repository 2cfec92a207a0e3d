import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { PGliteDialect, type Dialect } from "kysely";
import { Pool } from "pg";
import { createPgDialect } from "../../adapters/pg-dialect.ts";
import { makeCluster, PASSWORD, toServer } from "./cluster.ts";
import { freePort } from "./free-port.ts";
import { emptyPglite } from "./empty-pglite.ts";

/** Runs one statement. */
export type Query = (text: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/** A database under test. */
export interface TestDatabase {
  readonly engine: "pglite" | "postgres";
  /** A new connection as the application; on Postgres a plain login role that owns nothing. */
  readonly dialect: () => Dialect;
  /** A new connection as the role that owns the tables. */
  readonly ownerDialect: (database?: string) => Dialect;
  /** Run a statement as the superuser, past row-level security. */
  readonly admin: Query;
  /** Run statements as the superuser in one transaction that is rolled back, whatever happens. */
  readonly rehearse: <T>(fn: (query: Query) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** A {@link TestDatabase} on a server of its own. */
export interface PostgresDatabase extends TestDatabase {
  /** For processes of their own. */
  readonly connection: { readonly host: string; readonly port: number; readonly password: string };
  /** Kill the whole server at once, and start it on what it left. */
  readonly crash: () => Promise<void>;
}

/** One PGlite in memory; creating one takes a while, so share it. */
export async function openPglite(): Promise<TestDatabase> {
  const pglite = await PGlite.create(await emptyPglite());
  return {
    engine: "pglite",
    dialect: () => new PGliteDialect({ pglite }),
    ownerDialect: () => new PGliteDialect({ pglite }),
    async admin(text, values = []) {
      const { rows } = await pglite.query<Record<string, unknown>>(text, [...values]);
      return rows;
    },
    rehearse: (fn) =>
      pglite.transaction(async (tx) => {
        const result = await fn(
          async (text, values = []) => (await tx.query<Record<string, unknown>>(text, [...values])).rows,
        );
        await tx.rollback();
        return result;
      }),
    async close() {
      if (!pglite.closed) await pglite.close();
    },
  };
}

/**
 * A real Postgres server of its own, migrated by an owner role and used by a lesser one; `fsync` makes it as slow and as
 * safe as a server should be.
 */
export async function openPostgres({
  fsync = false,
}: { readonly fsync?: boolean } = {}): Promise<PostgresDatabase> {
  const databaseDir = await mkdtemp(join(tmpdir(), "ext-registry-pg-"));
  // As root the server runs as a user of its own, which must reach its directory.
  await chmod(databaseDir, 0o711);
  const port = await freePort();
  const password = PASSWORD;
  await makeCluster(join(databaseDir, "data"));
  const server = toServer(join(databaseDir, "data"), { port, fsync });
  await server.start();
  const disconnects: Promise<unknown>[] = [];
  const connect = (user: string, database: string): Pool => {
    const pool = new Pool({ host: "127.0.0.1", port, user, password, database, max: 10 });
    return pool.on("connect", (client) => {
      disconnects.push(new Promise((resolve) => client.once("end", () => resolve(null))));
    });
  };
  const superuser = connect("postgres", "ext");
  // A connection that breaks while nobody uses it is no failure of a test.
  superuser.on("error", () => undefined);
  return {
    engine: "postgres",
    connection: { host: "127.0.0.1", port, password },
    async crash() {
      const [pid = ""] = (await readFile(join(databaseDir, "data", "postmaster.pid"), "utf8")).split("\n");
      process.kill(Number(pid), "SIGKILL");
      // It refuses to start, and says so by ending, for as long as a process of the old one lives.
      for (let isUp = false; !isUp;) {
        isUp = await server.start().then(
          () => true,
          () => false,
        );
      }
    },
    dialect: () => createPgDialect(connect("ext_app", "ext")),
    ownerDialect: (name = "ext") => createPgDialect(connect("ext_owner", name)),
    async admin(text, values = []) {
      const { rows } = await superuser.query<Record<string, unknown>>(text, [...values]);
      return rows;
    },
    async rehearse(fn) {
      const client = await superuser.connect();
      try {
        await client.query("begin");
        return await fn(
          async (text, values = []) => (await client.query<Record<string, unknown>>(text, [...values])).rows,
        );
      } finally {
        await client.query("rollback");
        client.release();
      }
    },
    async close() {
      await superuser.end();
      // A pool counts as ended before its sockets are; the server would call that an error.
      await Promise.all(disconnects);
      await server.stop();
      await rm(databaseDir, { recursive: true, force: true });
    },
  };
}

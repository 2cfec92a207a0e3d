import { createHash } from "node:crypto";
import { Kysely, sql, type Dialect, type Transaction } from "kysely";
import { RegistryError } from "../errors.ts";
import { grantTables } from "./grant-tables.ts";
import { MIGRATIONS, type Migration } from "./migrations/all.ts";

/** Options of {@link migrate}. */
export interface MigrateOptions {
  /** Connects as the role that shall own the tables. It is closed afterwards. */
  readonly dialect: Dialect;
  /** An existing login role that the application uses; it gets the least it needs on every table. */
  readonly appRole?: string;
}

/**
 * Bring a database up to date as its owner, so that the application can run as a lesser role.
 *
 * Safe to run by several processes at once; what was applied before is checked by digest.
 *
 * @throws {RegistryError} `schema_mismatch` when an applied migration differs from this release's.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const db = new Kysely<unknown>({ dialect: options.dialect });
  try {
    await applyMigrations(db, options.appRole);
  } finally {
    await db.destroy();
  }
}

/** Apply what is missing in one transaction under one lock, then grant. */
export async function applyMigrations(db: Kysely<unknown>, appRole?: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('alga-ext-registry-migrations', 0))`.execute(tx);
    await sql`set local lock_timeout = '5s'`.execute(tx);
    await sql`create table if not exists extension_migration (
      name text primary key, checksum text not null, applied_at timestamptz not null default now())`.execute(
      tx,
    );
    for (const migration of MIGRATIONS) await applyOne(tx, migration);
    if (appRole !== undefined) await grantTables(tx, appRole);
  });
}

async function applyOne(tx: Transaction<unknown>, { name, statements }: Migration): Promise<void> {
  const checksum = createHash("sha256").update(statements.join(";\n")).digest("hex");
  const found = await sql<{
    checksum: string;
  }>`select checksum from extension_migration where name = ${name}`.execute(tx);
  const applied = found.rows[0];
  if (applied !== undefined) {
    if (applied.checksum === checksum) return;
    throw new RegistryError(
      "schema_mismatch",
      `Migration ${name} was applied with other content. This database belongs to another release.`,
      { details: { name, applied: applied.checksum, expected: checksum } },
    );
  }
  for (const statement of statements) await sql.raw(statement).execute(tx);
  await sql`insert into extension_migration (name, checksum) values (${name}, ${checksum})`.execute(tx);
}

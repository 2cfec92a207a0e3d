import { createHash } from "node:crypto";
import { Kysely, sql, type Dialect } from "kysely";
import { Migrator } from "kysely/migration";
import { RegistryError } from "../errors.ts";
import { grantTables } from "./grant-tables.ts";
import { MIGRATIONS, type Migration } from "./migrations/all.ts";
import { nameOutages } from "./name-outages.ts";

/** Options of {@link migrate}. */
export interface MigrateOptions {
  /** Connects as the role that shall own the tables. It is closed afterwards. */
  readonly dialect: Dialect;
  /** An existing login role that the application uses; it gets the least it needs on every table. */
  readonly appRole?: string;
}

const LOCK = sql`hashtextextended('alga-ext-registry-migrations', 0)`;

/**
 * Bring a database up to date as its owner, so that the application can run as a lesser role.
 *
 * Safe to run by several processes at once, also beside running applications: one migrates, the others wait for it and
 * then find nothing to do. A table that stays locked for 5 seconds ends the attempt. Whatever ends it, a kill included,
 * leaves the schema as it was, and running it again completes.
 *
 * @throws {RegistryError} `schema_mismatch` when an applied migration differs from this release's,
 * `database_unavailable` when the database is away or busy.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const db = new Kysely<unknown>({ dialect: nameOutages(options.dialect) });
  try {
    await applyMigrations(db, { appRole: options.appRole });
  } finally {
    await db.destroy();
  }
}

/** Apply what is missing in one transaction, on one connection that holds a lock of the whole session, then grant. */
export async function applyMigrations(
  db: Kysely<unknown>,
  options: { readonly appRole?: string | undefined; readonly migrations?: readonly Migration[] } = {},
): Promise<void> {
  const { appRole, migrations = MIGRATIONS } = options;
  await db.connection().execute(async (own) => {
    // Another migrator may take long, and is worth waiting for. A table in use is not: all who come after would queue.
    await setLockTimeout(own, "0");
    await sql`select pg_advisory_lock(${LOCK})`.execute(own);
    try {
      await setLockTimeout(own, "5s");
      await run(own, migrations);
      if (appRole !== undefined) await own.transaction().execute((tx) => grantTables(tx, appRole));
    } catch (error) {
      // The error says more than a connection that cannot unlock: the server frees the lock of a session that ended.
      await release(own).catch(() => undefined);
      throw error;
    }
    await release(own);
  });
}

/**
 * Check that every migration of this release is there; more may be, of a later release.
 *
 * @throws {RegistryError} `schema_mismatch`
 */
export async function assertMigrated(db: Kysely<unknown>): Promise<void> {
  const applied = await readApplied(db).catch((error: unknown) => {
    if (!isSqlState(error, "42P01", "42501")) throw error;
    return new Map<string, string>();
  });
  assertSame(applied);
  const missing = MIGRATIONS.map(({ name }) => name).filter((name) => !applied.has(name));
  if (missing.length === 0) return;
  throw new RegistryError(
    "schema_mismatch",
    `The database is older than this release. Run migrate as the owner of the tables first.`,
    { details: { missing } },
  );
}

async function run(own: Kysely<unknown>, migrations: readonly Migration[]): Promise<void> {
  // The record of what was applied, older than Kysely's own, with what Kysely does not keep: digests.
  await sql`create table if not exists extension_migration (
    name text primary key, checksum text not null, applied_at timestamptz not null default now())`.execute(
    own,
  );
  const applied = await readApplied(own);
  assertSame(applied);
  const migrator = new Migrator({
    db: own,
    provider: {
      async getMigrations() {
        const known = migrations.map((migration) => [
          migration.name,
          { up: (tx: Kysely<unknown>) => applyOne(tx, migration, applied) },
        ]);
        // Of a later release, which ran here first: it left what this release needs.
        const later = [...applied.keys()].map((name) => [name, { up: async () => undefined }]);
        return Object.fromEntries([...later, ...known]);
      },
    },
    migrationTableName: "extension_migration_step",
    migrationLockTableName: "extension_migration_lock",
    // Two branches may each add one; whichever was applied first, the other is not older than it.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

async function applyOne(
  tx: Kysely<unknown>,
  migration: Migration,
  applied: ReadonlyMap<string, string>,
): Promise<void> {
  if (applied.has(migration.name)) return;
  for (const statement of migration.statements) await sql.raw(statement).execute(tx);
  await sql`insert into extension_migration (name, checksum)
    values (${migration.name}, ${checksumOf(migration)})`.execute(tx);
}

async function readApplied(db: Kysely<unknown>): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{
    name: string;
    checksum: string;
  }>`select name, checksum from extension_migration`.execute(db);
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

function assertSame(applied: ReadonlyMap<string, string>): void {
  for (const migration of MIGRATIONS) {
    const { name } = migration;
    const [found, expected] = [applied.get(name), checksumOf(migration)];
    if (found === undefined || found === expected) continue;
    throw new RegistryError(
      "schema_mismatch",
      `Migration ${name} was applied with other content. This database belongs to another release.`,
      { details: { name, applied: found, expected } },
    );
  }
}

function checksumOf({ statements }: Migration): string {
  return createHash("sha256").update(statements.join(";\n")).digest("hex");
}

async function setLockTimeout(own: Kysely<unknown>, value: string): Promise<void> {
  await sql`select set_config('lock_timeout', ${value}, false)`.execute(own);
}

async function release(own: Kysely<unknown>): Promise<void> {
  await sql`select pg_advisory_unlock(${LOCK})`.execute(own);
  await sql`reset lock_timeout`.execute(own);
}

function isSqlState(error: unknown, ...states: readonly string[]): boolean {
  return error instanceof Error && "code" in error && states.includes(String(error.code));
}

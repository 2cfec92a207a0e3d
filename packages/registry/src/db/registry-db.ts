import { Kysely, sql, type Dialect, type Transaction } from "kysely";
import { isTenantId } from "../internal/is-tenant-id.ts";
import { applyMigrations, assertMigrated } from "./migrate.ts";
import { nameOutages } from "./name-outages.ts";
import type { SharedTables, Tables } from "./schema.ts";

/** Role that every transaction takes on when the session user is a superuser (PGlite always is). */
const LESSER_ROLE = "alga_ext_app";

declare const TENANT: unique symbol;

/** A transaction that sees one tenant's rows; only {@link RegistryDb.withTenant} makes one. */
export type TenantDb = Transaction<Tables> & { readonly [TENANT]: true };
/** A transaction for the tables that every tenant sees alike. */
export type SharedDb = Transaction<SharedTables>;

/** A transaction over all tenants' rows of the tables that let housekeeping in, and over no other tenant's rows. */
export type HousekeepingDb = Transaction<Tables>;

/** The only handle to the database inside the registry. */
export interface RegistryDb {
  /** Run `fn` in one transaction that sees and writes only this tenant's rows. */
  withTenant<T>(tenantId: string, fn: (db: TenantDb) => Promise<T>): Promise<T>;
  /** Run `fn` in one transaction that sees no tenant's rows. */
  shared<T>(fn: (db: SharedDb) => Promise<T>): Promise<T>;
  /** Run `fn` in one transaction that sees, of the tenants' rows, the one install that owns this host name. */
  withHost<T>(host: string, fn: (db: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** Run `fn` in one transaction that sees, of the tenants' rows, the one API key with this id. */
  withApiKey<T>(id: string, fn: (db: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** Run `fn` in one transaction for work that serves every tenant: relays and sweeps. Never for a request. */
  housekeeping<T>(fn: (db: HousekeepingDb) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Open the database, bring it up to date unless told otherwise, and find out whether row-level security binds us. */
export async function openRegistryDb(dialect: Dialect, options: { migrate: boolean }): Promise<RegistryDb> {
  const db = new Kysely<Tables>({ dialect: nameOutages(dialect) });
  try {
    const role = await lesserRole(db, options.migrate);
    const bare = db as unknown as Kysely<unknown>;
    if (options.migrate) await applyMigrations(bare, { appRole: role ?? undefined });
    else await assertMigrated(bare);
    return createHandle(db, role);
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** What a transaction may see beside the shared tables. */
interface Scope {
  readonly tenant?: string;
  readonly host?: string;
  readonly apiKey?: string;
  readonly scope?: "housekeeping";
}

function createHandle(db: Kysely<Tables>, role: string | null): RegistryDb {
  const open = <T>(scope: Scope, fn: (tx: Transaction<Tables>) => Promise<T>) =>
    db.transaction().execute(async (tx) => {
      // Local to the transaction: a pooled connection carries nothing over to the next one.
      const settings = [
        sql`set_config('app.tenant', ${scope.tenant ?? ""}, true)`,
        sql`set_config('app.host', ${scope.host ?? ""}, true)`,
        sql`set_config('app.api_key', ${scope.apiKey ?? ""}, true)`,
        sql`set_config('app.scope', ${scope.scope ?? ""}, true)`,
        ...(role === null ? [] : [sql`set_config('role', ${role}, true)`]),
      ];
      await sql`select ${sql.join(settings)}`.execute(tx);
      return fn(tx);
    });
  return {
    async withTenant(tenantId, fn) {
      if (!isTenantId(tenantId)) throw new TypeError("A tenant id is 1 to 255 characters of text.");
      return open({ tenant: tenantId }, (tx) => fn(tx as TenantDb));
    },
    shared: (fn) => open({}, (tx) => fn(tx as unknown as SharedDb)),
    withHost: (host, fn) => open({ host }, fn),
    withApiKey: (apiKey, fn) => open({ apiKey }, fn),
    housekeeping: (fn) => open({ scope: "housekeeping" }, fn),
    close: () => db.destroy(),
  };
}

/**
 * A superuser ignores row-level security, even when forced. So step down for every transaction: on PGlite that makes
 * a forgotten tenant show up as missing rows (a bug-catcher; injected SQL could step up again).
 */
async function lesserRole(db: Kysely<Tables>, mayCreate: boolean): Promise<string | null> {
  const { rows } = await sql<{
    superuser: string;
  }>`select current_setting('is_superuser') as superuser`.execute(db);
  if (rows[0]?.superuser !== "on") return null;
  if (mayCreate) {
    await sql`do ${sql.raw(`$$ begin create role ${LESSER_ROLE} nologin;
      exception when duplicate_object or unique_violation then null; end $$`)}`.execute(db);
  }
  return LESSER_ROLE;
}

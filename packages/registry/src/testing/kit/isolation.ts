import type { Query } from "./database.ts";

/** A table and its column that says whose a row is. */
export interface TenantTable {
  readonly name: string;
  readonly column: string;
}

/** What the database did with one tenant's attempts at a row of another. */
export interface Attempts {
  /** That the row was there at all. */
  readonly ownRead: number | string;
  readonly foreignRead: number | string;
  readonly foreignUpdate: number | string;
  readonly foreignDelete: number | string;
  readonly foreignInsert: number | string;
  readonly giveAway: number | string;
  readonly noTenantRead: number | string;
}

/** Whatever has rows or shows rows, in every schema of ours, with a column that names a tenant. */
const WITH_TENANT = `
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
  where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
    and n.nspname not like 'pg_temp%' and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and a.attname in ('tenant', 'tenant_id') and a.attnum > 0 and not a.attisdropped`;

/** Every table with a tenant column, from the catalog. */
export async function tenantTables(query: Query): Promise<TenantTable[]> {
  const rows = await query(
    `select c.oid::regclass::text as name, a.attname as "column" ${WITH_TENANT} order by 1`,
  );
  return rows.map((row) => ({ name: String(row["name"]), column: String(row["column"]) }));
}

/** Those of them that lack row-level security, its force on the owner, or a policy. */
export async function unprotected(query: Query): Promise<string[]> {
  const rows = await query(`select c.oid::regclass::text as name ${WITH_TENANT}
    and not (c.relrowsecurity and c.relforcerowsecurity
      and exists (select from pg_policy p where p.polrelid = c.oid)) order by 1`);
  return rows.map((row) => String(row["name"]));
}

/**
 * Put a row of `acme` into a table, whatever the table demands of rows, and try as `globex` to reach it. The role gets
 * every right first: row-level security alone must hold. Call it in a transaction that is rolled back.
 */
export async function attempt(query: Query, { name, column }: TenantTable, role: string): Promise<Attempts> {
  await insertAnyRow(query, name, column);
  await query(`grant select, insert, update, delete on ${name} to ${role}`);
  const as = async (tenant: string, statement: string): Promise<number | string> => {
    await query("savepoint attempt");
    try {
      await query("select set_config('role', $1, true), set_config('app.tenant', $2, true)", [role, tenant]);
      const [row] = await query(statement);
      return Number(row?.["n"]);
    } catch (error) {
      return error instanceof Error && "code" in error ? String(error.code) : String(error);
    } finally {
      await query("rollback to savepoint attempt");
    }
  };
  const count = `select count(*)::int as n from ${name} where ${column} = 'acme'`;
  const change = (what: string): string =>
    `with changed as (${what} returning 1) select count(*)::int as n from changed`;
  const update = (to: string): string =>
    change(`update ${name} set ${column} = '${to}' where ${column} = 'acme'`);
  return {
    ownRead: await as("acme", count),
    foreignRead: await as("globex", count),
    foreignUpdate: await as("globex", update("acme")),
    foreignDelete: await as("globex", change(`delete from ${name} where ${column} = 'acme'`)),
    foreignInsert: await as("globex", `insert into ${name} (${column}) values ('acme')`),
    giveAway: await as("acme", update("globex")),
    noTenantRead: await as("", count),
  };
}

/**
 * Put a row into a table, of `acme` if a column says whose a row is. Call it in a transaction that is rolled back: checks,
 * foreign keys and triggers may go for it.
 */
export async function insertAnyRow(query: Query, table: string, column: string | null): Promise<void> {
  await query("select set_config('session_replication_role', 'replica', true)");
  const checks = await query(
    "select conname from pg_constraint where conrelid = $1::regclass and contype = 'c'",
    [table],
  );
  for (const { conname } of checks) await query(`alter table ${table} drop constraint "${String(conname)}"`);
  const needed = await query(
    `select attname, format_type(atttypid, null) as type from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attnotnull and not atthasdef
        and attidentity = '' and attname is distinct from $2`,
    [table, column],
  );
  const columns = needed.map(({ attname }) => `"${String(attname)}"`);
  const values = needed.map(({ type }) => anyValue(String(type)));
  if (column !== null) {
    columns.push(column);
    values.push("'acme'");
  }
  await query(`insert into ${table} (${columns.join(", ")}) values (${values.join(", ")})`);
  await query("select set_config('session_replication_role', 'origin', true)");
}

function anyValue(type: string): string {
  if (type.endsWith("[]")) return "'{}'";
  if (type.startsWith("json")) return "'{}'";
  if (type === "uuid") return "gen_random_uuid()";
  if (type.startsWith("timestamp") || type === "date") return "now()";
  if (type === "boolean") return "true";
  if (["integer", "bigint", "smallint", "numeric", "double precision", "real"].includes(type)) return "1";
  return "'x'";
}

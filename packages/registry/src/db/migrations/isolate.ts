/** The tenant of the running transaction, or null; `nullif` because the setting reads `''` once it was ever set. */
export const CURRENT_TENANT = "nullif(current_setting('app.tenant', true), '')";

/** Row-level security on one table: a transaction sees and writes only the rows of the tenant it was opened for. */
export function isolate(table: string, column: "tenant_id" | "tenant" = "tenant_id"): string[] {
  const own = `${column} = ${CURRENT_TENANT}`;
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy ${table}_tenant on ${table} using (${own}) with check (${own})`,
  ];
}

/** Refuse update, delete and truncate for everyone, the owner included. */
export function freeze(table: string): string[] {
  return [
    `create trigger ${table}_frozen before update or delete on ${table} for each row execute function ext_refuse_change()`,
    `create trigger ${table}_kept before truncate on ${table} for each statement execute function ext_refuse_change()`,
  ];
}

/**
 * Let `RegistryDb.housekeeping` see, change and delete every tenant's rows of one table: for relays and sweeps, which
 * serve all tenants. Call it for a table of which such work exists, after `isolate`.
 */
export function letHousekeeping(table: string): string[] {
  return [
    `create policy ${table}_housekeeping on ${table}
      using (current_setting('app.scope', true) = 'housekeeping')
      with check (current_setting('app.scope', true) = 'housekeeping')`,
  ];
}

/** Statements of the migration for secrets: which data key is written with, and no secret without its key. */
export const SECRET_TABLES: readonly string[] = [
  `alter table tenant_data_key add column is_active boolean not null default false`,
  // The owner who migrates is bound by the policies as long as they are forced, and would update nothing.
  `alter table tenant_data_key no force row level security`,
  `update tenant_data_key set is_active = true where (tenant_id, kid) in (
    select distinct on (tenant_id) tenant_id, kid from tenant_data_key order by tenant_id, created_at desc, kid)`,
  `alter table tenant_data_key force row level security`,
  `create unique index tenant_data_key_active on tenant_data_key (tenant_id) where is_active`,
  // Rewrapping finds out which keys there are; it changes each as its tenant.
  `create policy tenant_data_key_rewrap on tenant_data_key for select
    using (current_setting('app.scope', true) = 'housekeeping')`,
  // The database itself refuses to drop a key that a secret needs. Not valid: rows whose key is long gone stay, unreadable.
  `alter table tenant_extension_install_secrets add constraint tenant_extension_install_secrets_key
    foreign key (tenant_id, key_id) references tenant_data_key (tenant_id, kid) not valid`,
  `create index tenant_extension_install_secrets_by_key on tenant_extension_install_secrets (tenant_id, key_id, install_id)`,
];

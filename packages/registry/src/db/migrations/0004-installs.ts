import { isolate } from "./isolate.ts";

/** Statements of the migration for installs: what they follow, what they ran before, settings, domains, a grace period. */
export const INSTALL_TABLES: readonly string[] = [
  `alter table tenant_extension_install
    add column follows text,
    add column is_pinned boolean not null default false,
    add column asked_consent json not null default '[]',
    add column settings json not null default '{}',
    add column uninstalled_at timestamptz,
    add column purge_at timestamptz,
    add constraint tenant_extension_install_uninstalled check (
      (uninstalled_at is null and purge_at is null)
      or (uninstalled_at is not null and purge_at is not null and not is_enabled and runner_domain is null))`,
  // One install per tenant and extension, and beside it those whose data is kept for a while.
  `alter table tenant_extension_install drop constraint tenant_extension_install_tenant_id_registry_id_key`,
  `create unique index tenant_extension_install_one on tenant_extension_install (tenant_id, registry_id)
    where uninstalled_at is null`,
  `create index tenant_extension_install_uninstalled_by_extension
    on tenant_extension_install (tenant_id, registry_id, uninstalled_at) where uninstalled_at is not null`,
  `create index tenant_extension_install_purge on tenant_extension_install (purge_at) where purge_at is not null`,
  // The sweep finds out which installs are due; it deletes each as its tenant.
  `create policy tenant_extension_install_due on tenant_extension_install for select
    using (uninstalled_at is not null and current_setting('app.scope', true) = 'housekeeping')`,

  `create table tenant_extension_install_version (
    tenant_id text not null,
    install_id uuid not null,
    seq integer not null,
    registry_id uuid not null,
    version_id uuid not null,
    cause text not null check (cause in ('install', 'update', 'rollback', 'restore')),
    actor text not null,
    since timestamptz not null,
    until timestamptz,
    primary key (tenant_id, install_id, seq),
    foreign key (tenant_id, install_id) references tenant_extension_install (tenant_id, id) on delete cascade,
    foreign key (registry_id, version_id) references extension_version (registry_id, id))`,
  `create unique index tenant_extension_install_version_current
    on tenant_extension_install_version (tenant_id, install_id) where until is null`,
  // What was installed before this table existed starts its history with the version it has. The owner who migrates
  // is bound by the policies as long as they are forced, and would copy nothing.
  `alter table tenant_extension_install no force row level security`,
  `insert into tenant_extension_install_version
      (tenant_id, install_id, seq, registry_id, version_id, cause, actor, since)
    select tenant_id, id, 1, registry_id, version_id, 'install', 'system', created_at from tenant_extension_install`,
  ...isolate("tenant_extension_install_version"),

  `create table extension_domain (
    host text primary key,
    tenant_id text not null,
    install_id uuid not null,
    is_wanted boolean not null,
    generation uuid not null,
    attempts integer not null default 0,
    next_attempt_at timestamptz not null,
    updated_at timestamptz not null)`,
  `insert into extension_domain (host, tenant_id, install_id, is_wanted, generation, next_attempt_at, updated_at)
    select runner_domain, tenant_id, id, true, gen_random_uuid(), updated_at, updated_at
    from tenant_extension_install where runner_domain is not null`,
  `alter table tenant_extension_install force row level security`,
  `create index extension_domain_install on extension_domain (tenant_id, install_id)`,
  `create index extension_domain_next on extension_domain (next_attempt_at)`,
  ...isolate("extension_domain"),
  `create policy extension_domain_due on extension_domain
    using (current_setting('app.scope', true) = 'housekeeping')
    with check (current_setting('app.scope', true) = 'housekeeping')`,
  // Whether a name is taken must be visible across tenants; whose it is stays with the code that asks.
  `create policy extension_domain_host on extension_domain for select
    using (host = nullif(current_setting('app.host', true), ''))`,
];

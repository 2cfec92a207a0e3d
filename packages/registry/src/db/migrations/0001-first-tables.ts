const CURRENT_TENANT = "nullif(current_setting('app.tenant', true), '')";

/** Row-level security on one table: a transaction sees and writes only the rows of the tenant it was opened for. */
function isolate(table: string, column: "tenant_id" | "tenant"): string[] {
  const own = `${column} = ${CURRENT_TENANT}`;
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy ${table}_tenant on ${table} using (${own}) with check (${own})`,
  ];
}

/** Refuse update, delete and truncate for everyone, the owner included. */
function freeze(table: string): string[] {
  return [
    `create trigger ${table}_frozen before update or delete on ${table} for each row execute function ext_refuse_change()`,
    `create trigger ${table}_kept before truncate on ${table} for each statement execute function ext_refuse_change()`,
  ];
}

/** Statements of the first migration, run one by one in one transaction. */
export const FIRST_TABLES: readonly string[] = [
  `create function ext_refuse_change() returns trigger language plpgsql as $$
   begin raise exception '% is append-only', tg_table_name using errcode = '42501'; end $$`,

  `create table extension_registry (
    id uuid primary key default gen_random_uuid(),
    publisher text not null,
    name text not null,
    slug text not null unique,
    display_name text not null,
    description text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (publisher, name))`,
  `create table extension_publisher (
    publisher text primary key,
    key_ids json not null,
    created_at timestamptz not null)`,
  `create table extension_version (
    id uuid primary key default gen_random_uuid(),
    registry_id uuid not null references extension_registry (id),
    version text not null,
    runtime text not null,
    main_entry text not null,
    api json not null,
    api_endpoints json not null,
    ui json not null,
    capabilities json not null,
    egress json not null,
    manifest text not null,
    published_by text not null,
    created_at timestamptz not null,
    unique (registry_id, version),
    unique (registry_id, id))`,
  `create table extension_bundle (
    id uuid primary key default gen_random_uuid(),
    version_id uuid not null unique references extension_version (id),
    content_hash text not null check (content_hash ~ '^sha256:[0-9a-f]{64}$'),
    tar_digest text not null,
    signature text,
    signing_key_ids json not null,
    storage_url text not null,
    size_bytes bigint not null,
    created_at timestamptz not null,
    unique (version_id, content_hash))`,
  `create index extension_bundle_content_hash on extension_bundle (content_hash)`,
  `create table extension_api_endpoint (
    id uuid primary key default gen_random_uuid(),
    version_id uuid not null references extension_version (id),
    method varchar(16) not null,
    path text not null,
    handler text not null,
    created_at timestamptz not null,
    constraint extension_api_endpoint_version_method_path_uniq unique (version_id, method, path))`,
  ...freeze("extension_version"),
  ...freeze("extension_bundle"),
  ...freeze("extension_api_endpoint"),

  `create table tenant_extension_install (
    id uuid primary key default gen_random_uuid(),
    tenant_id text not null check (tenant_id <> ''),
    registry_id uuid not null references extension_registry (id),
    version_id uuid not null,
    status text not null default 'enabled' check (status in ('enabled', 'disabled', 'pending')),
    granted_caps json not null,
    granted_egress json not null,
    config json not null default '{}',
    is_enabled boolean not null default true,
    runner_domain text unique,
    runner_status json not null default '{"state":"pending"}',
    secrets_version text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (tenant_id, registry_id),
    unique (tenant_id, id),
    foreign key (registry_id, version_id) references extension_version (registry_id, id))`,
  `create table tenant_extension_install_config (
    id uuid primary key default gen_random_uuid(),
    install_id uuid not null unique,
    tenant_id text not null,
    config json not null default '{}',
    version text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    foreign key (tenant_id, install_id) references tenant_extension_install (tenant_id, id) on delete cascade)`,
  `create table tenant_extension_install_secrets (
    id uuid primary key default gen_random_uuid(),
    install_id uuid not null,
    tenant_id text not null,
    name text not null,
    ciphertext text not null,
    algorithm text not null,
    key_id text not null,
    version text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (tenant_id, install_id, name),
    foreign key (tenant_id, install_id) references tenant_extension_install (tenant_id, id) on delete cascade)`,
  `create table tenant_data_key (
    tenant_id text not null check (tenant_id <> ''),
    kid text not null,
    wrapped text not null,
    kek_id text not null,
    created_at timestamptz not null,
    primary key (tenant_id, kid))`,
  `create table ext_storage_records (
    tenant text not null,
    extension_install_id uuid not null,
    namespace text collate "C" not null check (length(namespace) between 1 and 128),
    key text collate "C" not null check (length(key) between 1 and 256),
    revision bigint not null,
    value json not null,
    metadata json not null,
    value_size_bytes integer not null,
    metadata_size_bytes integer not null,
    ttl_expires_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant, extension_install_id, namespace, key),
    foreign key (tenant, extension_install_id) references tenant_extension_install (tenant_id, id) on delete cascade)`,
  `create index ext_storage_records_expiry on ext_storage_records (tenant, extension_install_id, ttl_expires_at)
    where ttl_expires_at is not null`,
  `create table ext_storage_usage (
    tenant text not null,
    extension_install_id uuid not null,
    bytes_used bigint not null default 0,
    keys_count integer not null default 0,
    namespaces_count integer not null default 0,
    namespace_keys json not null default '{}',
    updated_at timestamptz not null,
    primary key (tenant, extension_install_id),
    foreign key (tenant, extension_install_id) references tenant_extension_install (tenant_id, id) on delete cascade)`,
  `create table extension_execution_log (
    id uuid primary key default gen_random_uuid(),
    tenant_id text not null check (tenant_id <> ''),
    registry_id uuid not null,
    version_id uuid,
    request_id text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    status text not null,
    metrics json not null,
    error text)`,
  `create index extension_execution_log_recent on extension_execution_log (tenant_id, registry_id, started_at)`,
  `create table extension_upload (
    id uuid primary key,
    tenant_id text not null check (tenant_id <> ''),
    user_id text not null,
    filename text not null,
    size_bytes bigint not null,
    sha256 text not null,
    declared_hash text,
    version_id uuid references extension_version (id),
    created_at timestamptz not null)`,

  ...isolate("tenant_extension_install", "tenant_id"),
  ...isolate("tenant_extension_install_config", "tenant_id"),
  ...isolate("tenant_extension_install_secrets", "tenant_id"),
  ...isolate("tenant_data_key", "tenant_id"),
  ...isolate("ext_storage_records", "tenant"),
  ...isolate("ext_storage_usage", "tenant"),
  ...isolate("extension_execution_log", "tenant_id"),
  ...isolate("extension_upload", "tenant_id"),
  // Whoever knows a host name may see the one install it belongs to, and nothing else.
  `create policy tenant_extension_install_host on tenant_extension_install for select
    using (runner_domain = nullif(current_setting('app.host', true), ''))`,

  `create table release_event (
    tenant_id text not null,
    seq bigint not null,
    at text not null,
    type text not null,
    actor text not null,
    payload text not null,
    prev_hash text not null,
    hash text not null,
    primary key (tenant_id, seq))`,
  ...freeze("release_event"),
  `alter table release_event enable row level security`,
  `alter table release_event force row level security`,
  `create policy release_event_read on release_event for select
    using (tenant_id = '' or tenant_id = ${CURRENT_TENANT})`,
  `create policy release_event_append on release_event for insert
    with check (tenant_id = '' or tenant_id = ${CURRENT_TENANT})`,
];

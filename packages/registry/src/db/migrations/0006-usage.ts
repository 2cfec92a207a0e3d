import { isolate, letHousekeeping } from "./isolate.ts";

/** Statements of the migration for quotas, usage, logs, audit and storage schemas. */
export const USAGE_TABLES: readonly string[] = [
  // Limits: of a plan or an extension for everyone, and of one tenant. What a scope leaves out is inherited.
  `create table extension_quota_scope (
    scope text primary key check (scope ~ '^(plan|extension):.'),
    limits jsonb not null,
    updated_at timestamptz not null)`,
  `create table extension_quota_limit (
    tenant_id text not null check (tenant_id <> ''),
    scope text not null check (scope = 'tenant' or scope ~ '^extension:.'),
    plan text check (plan is null or scope = 'tenant'),
    limits jsonb not null,
    updated_at timestamptz not null,
    primary key (tenant_id, scope))`,
  // One row per tenant and extension, changed by every call: room in each page keeps its updates off the indexes.
  `create table extension_quota_state (
    tenant_id text not null check (tenant_id <> ''),
    registry_id uuid not null,
    window_start timestamptz not null,
    invocations bigint not null default 0,
    cpu_ms bigint not null default 0,
    mem_mb_ms bigint not null default 0,
    egress_bytes bigint not null default 0,
    running jsonb not null default '{}',
    primary key (tenant_id, registry_id)) with (fillfactor = 50)`,
  `create table extension_quota_usage (
    tenant_id text not null check (tenant_id <> ''),
    registry_id uuid not null,
    window_start timestamptz not null,
    cpu_ms bigint not null default 0,
    mem_mb_ms bigint not null default 0,
    invocations bigint not null default 0,
    egress_bytes bigint not null default 0,
    primary key (tenant_id, registry_id, window_start)) with (fillfactor = 70)`,
  `create index extension_quota_usage_age on extension_quota_usage (window_start)`,
  `create index extension_quota_usage_time on extension_quota_usage (tenant_id, window_start, registry_id)`,

  `create table ext_storage_schemas (
    tenant text not null,
    extension_install_id uuid not null,
    namespace text collate "C" not null check (length(namespace) between 1 and 128),
    schema_version integer not null check (schema_version > 0),
    schema_document json not null,
    status text not null check (status in ('active', 'deprecated', 'draft')),
    created_by text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant, extension_install_id, namespace, schema_version),
    foreign key (tenant, extension_install_id) references tenant_extension_install (tenant_id, id) on delete cascade)`,
  `create unique index ext_storage_schemas_active on ext_storage_schemas (tenant, extension_install_id, namespace)
    where status = 'active'`,
  `create index ext_storage_records_due on ext_storage_records (ttl_expires_at) where ttl_expires_at is not null`,
  `alter table ext_storage_usage set (fillfactor = 70)`,

  `create index extension_execution_log_by_extension
    on extension_execution_log (tenant_id, registry_id, started_at, id)`,
  `drop index extension_execution_log_recent`,
  `create index extension_execution_log_by_time on extension_execution_log (tenant_id, started_at, id)`,
  `create index extension_execution_log_by_status on extension_execution_log (tenant_id, status, started_at, id)`,
  `create index extension_execution_log_by_request on extension_execution_log (tenant_id, request_id, started_at, id)`,
  `create index extension_execution_log_age on extension_execution_log (started_at)`,

  // Not frozen by triggers: the owner must be able to erase a person's data. The application may only insert.
  `create table extension_audit_logs (
    tenant text not null check (tenant <> ''),
    log_id uuid not null,
    event_type varchar(100) not null,
    user_id text,
    user_email text,
    resource_type varchar(50),
    resource_id text,
    resource_name text,
    status varchar(50) not null,
    error_message text,
    details json not null default '{}',
    ip_address varchar(45),
    user_agent text,
    created_at timestamptz not null,
    primary key (tenant, log_id))`,
  `create index extension_audit_logs_by_time on extension_audit_logs (tenant, created_at, log_id)`,
  `create index extension_audit_logs_by_event on extension_audit_logs (tenant, event_type, created_at, log_id)`,
  `create index extension_audit_logs_by_user on extension_audit_logs (tenant, user_id, created_at, log_id)`,
  `create index extension_audit_logs_by_resource
    on extension_audit_logs (tenant, resource_id, created_at, log_id)`,

  // An install belongs to one tenant, a user too. Not knowing that, the planner multiplies the odds, expects one row where
  // there are thousands, and fetches and sorts them all instead of walking an index up to the limit.
  `create statistics ext_storage_records_owner (ndistinct, dependencies)
    on tenant, extension_install_id, namespace from ext_storage_records`,
  `create statistics extension_execution_log_owner (ndistinct, dependencies)
    on tenant_id, registry_id, status from extension_execution_log`,
  `create statistics extension_quota_usage_owner (ndistinct, dependencies)
    on tenant_id, registry_id from extension_quota_usage`,
  `create statistics extension_audit_logs_owner (ndistinct, dependencies)
    on tenant, event_type, user_id, resource_id from extension_audit_logs`,

  ...isolate("extension_quota_limit"),
  ...isolate("extension_quota_state"),
  ...isolate("extension_quota_usage"),
  ...isolate("ext_storage_schemas", "tenant"),
  ...isolate("extension_audit_logs", "tenant"),

  ...letHousekeeping("extension_execution_log"),
  ...letHousekeeping("extension_quota_usage"),
  ...letHousekeeping("ext_storage_records"),
  // Rows of these two end by age alone: not even their own tenant's transactions delete one.
  ...["extension_execution_log", "extension_quota_usage"].map(
    (table) => `create policy ${table}_kept on ${table} as restrictive for delete
      using (current_setting('app.scope', true) = 'housekeeping')`,
  ),
];

import { isolate } from "./isolate.ts";

/** Statements of the migration for access: API keys, and the single-use tokens that were used up. */
export const ACCESS_TABLES: readonly string[] = [
  `create table extension_api_key (
    id uuid primary key,
    tenant_id text not null check (tenant_id <> ''),
    name text not null,
    secret_hash text not null check (secret_hash ~ '^[0-9a-f]{64}$'),
    permissions json not null,
    publishers json,
    created_by text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz)`,
  `create index extension_api_key_tenant on extension_api_key (tenant_id, expires_at)`,
  ...isolate("extension_api_key"),
  // Whoever shows a key's id may see that one row, to find out its tenant; the secret decides what comes of it.
  `create policy extension_api_key_shown on extension_api_key for select
    using (id::text = nullif(current_setting('app.api_key', true), ''))`,
  `create table extension_used_token (
    digest text primary key check (digest ~ '^[0-9a-f]{64}$'),
    expires_at timestamptz not null)`,
  `create index extension_used_token_expiry on extension_used_token (expires_at)`,
];

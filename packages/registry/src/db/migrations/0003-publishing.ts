import { CURRENT_TENANT, letHousekeeping } from "./isolate.ts";

/** Statements of the migration for publishing: what is told to others after a commit. */
export const PUBLISHING_TABLES: readonly string[] = [
  `create table extension_outbox (
    seq bigint generated always as identity primary key,
    id uuid not null default gen_random_uuid() unique,
    tenant_id text not null,
    kind text not null check (kind ~ '^[a-z0-9_]+(\\.[a-z0-9_]+)+$'),
    payload json not null,
    created_at timestamptz not null,
    done_at timestamptz)`,
  `create index extension_outbox_waiting on extension_outbox (seq) where done_at is null`,
  `create index extension_outbox_done on extension_outbox (done_at) where done_at is not null`,
  `alter table extension_outbox enable row level security`,
  `alter table extension_outbox force row level security`,
  // Publishing belongs to no tenant; everything else writes under its own.
  `create policy extension_outbox_tenant on extension_outbox
    using (tenant_id = '' or tenant_id = ${CURRENT_TENANT})
    with check (tenant_id = '' or tenant_id = ${CURRENT_TENANT})`,
  ...letHousekeeping("extension_outbox"),
  ...letHousekeeping("extension_upload"),
];

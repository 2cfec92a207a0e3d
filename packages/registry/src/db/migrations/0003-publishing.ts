import { CURRENT_TENANT, letHousekeeping } from "./isolate.ts";

/** Names that differ only in letter case, in `0` and `o`, `1` and `l`, or in how words are joined, read alike. */
const lookalike = (column: string): string => `translate(lower(${column}), '01_.', 'ol--')`;

/** Statements of the migration for publishing: who owns a name, what is told to others, what a publish holds on to. */
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
  `create index extension_upload_age on extension_upload (created_at)`,

  // Null where a name was bound before organisations were: the first publish with one of its keys fills it in.
  `alter table extension_publisher add column organisation text, add column lookalike text`,
  `create unique index extension_publisher_lookalike on extension_publisher (lookalike)`,
  `alter table extension_registry add column lookalike text`,
  `create unique index extension_registry_lookalike on extension_registry (lookalike)`,
  // Of names that read alike already, the oldest is protected; the others stay.
  `update extension_publisher p set lookalike = ${lookalike("publisher")} where not exists (
    select from extension_publisher o where ${lookalike("o.publisher")} = ${lookalike("p.publisher")}
      and (o.created_at, o.publisher) < (p.created_at, p.publisher))`,
  `update extension_registry r set lookalike = ${lookalike("publisher")} || '.' || ${lookalike("name")} where not exists (
    select from extension_registry o where ${lookalike("o.publisher")} = ${lookalike("r.publisher")}
      and ${lookalike("o.name")} = ${lookalike("r.name")} and (o.created_at, o.id) < (r.created_at, r.id))`,

  // A publish says which digest it is about to name in a row, so that the janitor leaves the archive alone meanwhile.
  `create table extension_blob_claim (
    id uuid primary key default gen_random_uuid(),
    content_hash text not null,
    created_at timestamptz not null)`,
  `create index extension_blob_claim_digest on extension_blob_claim (content_hash)`,
  `create index extension_blob_claim_age on extension_blob_claim (created_at)`,
];

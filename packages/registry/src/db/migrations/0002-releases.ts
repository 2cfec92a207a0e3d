import { CURRENT_TENANT, freeze } from "./isolate.ts";

/** Statements of the migration for finding, judging and vouching for releases. */
export const RELEASE_TABLES: readonly string[] = [
  // Semantic version precedence as text: fixed-width numbers, `~` after everything for a release, its identifiers for
  // a pre-release, and at last the version itself, so that no two versions of an extension are equal.
  `create function ext_version_key(version text) returns text language sql immutable strict parallel safe as $$
    select lpad(split_part(core, '.', 1), 10, '0') || lpad(split_part(core, '.', 2), 10, '0')
      || lpad(split_part(core, '.', 3), 10, '0')
      || case when length(plain) = length(core) then '~' else (
           select string_agg(case when id ~ '^[0-9]+$'
             then '0' || lpad(length(ltrim(id, '0'))::text, 3, '0') || ltrim(id, '0')
             else '1' || id end || ' ', '' order by n)
           from unnest(string_to_array(substr(plain, length(core) + 2), '.')) with ordinality as part (id, n)) || '!'
         end || version
    from (select split_part(version, '+', 1) as plain,
      split_part(split_part(version, '+', 1), '-', 1) as core) as parts $$`,
  // Generated, because rows of a frozen table cannot be updated, and because whoever inserts cannot forget them.
  `alter table extension_version
    add column sort_key text collate "C" not null generated always as (ext_version_key(version)) stored,
    add column is_prerelease boolean not null
      generated always as (strpos(split_part(version, '+', 1), '-') > 0) stored`,
  `create unique index extension_version_order on extension_version (registry_id, sort_key)`,
  `create index extension_version_stable on extension_version (registry_id, sort_key) where not is_prerelease`,

  // Words of slug, name and description, cut at ASCII punctuation, so that "ledger" finds acme.ledger-sync.
  `alter table extension_registry
    add column version_count integer not null default 0,
    add column newest_version_id uuid references extension_version (id),
    add column latest_version_id uuid references extension_version (id),
    add column search tsvector not null generated always as (to_tsvector('simple', regexp_replace(
      lower(slug || ' ' || display_name || ' ' || left(description, 4000)),
      '[\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u007f]+', ' ', 'g'))) stored`,
  `create index extension_registry_search on extension_registry using gin (search)`,
  `create index extension_registry_publisher on extension_registry (lower(publisher), slug)`,
  `create index extension_registry_offered on extension_registry (slug) where newest_version_id is not null`,

  `create table extension_version_state (
    version_id uuid primary key,
    registry_id uuid not null,
    deprecated_reason text,
    deprecated_at timestamptz,
    yanked_reason text,
    yanked_at timestamptz,
    check ((deprecated_at is null) = (deprecated_reason is null)),
    check ((yanked_at is null) = (yanked_reason is null)),
    foreign key (registry_id, version_id) references extension_version (registry_id, id))`,
  `create index extension_version_state_extension on extension_version_state (registry_id)`,

  // Counting versions, or walking past yanked ones, for everybody's page would let one publisher slow down all. Whoever
  // publishes or yanks holds the extension's row anyway.
  `create function ext_point_extensions(extensions uuid[], added bigint[]) returns void language sql as $$
    update extension_registry r set
      version_count = r.version_count + change.n,
      newest_version_id = (select v.id from extension_version v
        where v.registry_id = r.id and not exists (
          select from extension_version_state s where s.version_id = v.id and s.yanked_at is not null)
        order by v.sort_key desc limit 1),
      latest_version_id = (select v.id from extension_version v
        where v.registry_id = r.id and not v.is_prerelease and not exists (
          select from extension_version_state s where s.version_id = v.id and s.yanked_at is not null)
        order by v.sort_key desc limit 1)
    from unnest(extensions, added) as change (id, n) where r.id = change.id $$`,
  `select ext_point_extensions(array_agg(registry_id), array_agg(n))
    from (select registry_id, count(*) as n from extension_version group by registry_id) as published`,
  `create function ext_versions_added() returns trigger language plpgsql as $$
   begin
     perform ext_point_extensions(array_agg(registry_id), array_agg(n))
       from (select registry_id, count(*) as n from changed group by registry_id) as added;
     return null;
   end $$`,
  `create function ext_versions_judged() returns trigger language plpgsql as $$
   begin
     perform ext_point_extensions(array_agg(registry_id), array_agg(0::bigint))
       from (select distinct registry_id from changed) as judged;
     return null;
   end $$`,
  `create trigger extension_version_added after insert on extension_version
    referencing new table as changed for each statement execute function ext_versions_added()`,
  `create trigger extension_version_judged after insert on extension_version_state
    referencing new table as changed for each statement execute function ext_versions_judged()`,
  `create trigger extension_version_judged_anew after update on extension_version_state
    referencing new table as changed for each statement execute function ext_versions_judged()`,

  `create table extension_channel (
    registry_id uuid not null references extension_registry (id),
    name text not null check (name ~ '^[a-z][a-z0-9-]{0,31}$'),
    version_id uuid not null,
    set_at timestamptz not null,
    primary key (registry_id, name),
    foreign key (registry_id, version_id) references extension_version (registry_id, id))`,
  `create index extension_channel_version on extension_channel (version_id)`,

  // A Merkle tree over everything published, in the order of the release log: only complete subtrees are kept.
  `create table extension_snapshot_leaf (
    position bigint primary key,
    version_id uuid not null unique references extension_version (id))`,
  `create table extension_snapshot_node (
    level smallint not null,
    position bigint not null,
    hash text not null check (hash ~ '^[0-9a-f]{64}$'),
    primary key (level, position))`,
  ...freeze("extension_snapshot_leaf"),
  ...freeze("extension_snapshot_node"),
  // The newest signed head of each chain.
  `create table extension_head (
    tenant_id text primary key,
    number bigint not null,
    seq bigint not null,
    hash text not null,
    snapshot_size bigint not null,
    signed text not null,
    issued_at timestamptz not null)`,
  `alter table extension_head enable row level security`,
  `alter table extension_head force row level security`,
  `create policy extension_head_tenant on extension_head
    using (tenant_id = '' or tenant_id = ${CURRENT_TENANT})
    with check (tenant_id = '' or tenant_id = ${CURRENT_TENANT})`,
];

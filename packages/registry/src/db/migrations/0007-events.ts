import { isolate, letHousekeeping } from "./isolate.ts";

/** Statements of the migration for events and schedules. */
export const EVENT_TABLES: readonly string[] = [
  `create table extension_event_subscription (
    id uuid primary key default gen_random_uuid(),
    tenant_id text not null,
    install_id uuid not null,
    topic text collate "C" not null,
    handler text collate "C" not null,
    paused_at timestamptz,
    created_at timestamptz not null,
    unique (tenant_id, install_id, topic, handler),
    foreign key (tenant_id, install_id) references tenant_extension_install (tenant_id, id) on delete cascade)`,
  `create index extension_event_subscription_topic on extension_event_subscription (tenant_id, topic)`,

  `create table extension_event (
    tenant_id text not null check (tenant_id <> ''),
    id text collate "C" not null,
    topic text not null,
    key text,
    payload json not null,
    emitted_at timestamptz not null,
    primary key (tenant_id, id))`,
  `create index extension_event_age on extension_event (emitted_at)`,

  // No foreign key to install or subscription: what is owed outlives both, as a row that says why it was cancelled.
  `create table extension_delivery (
    id uuid primary key default gen_random_uuid(),
    seq bigint generated always as identity,
    tenant_id text not null,
    kind text not null check (kind in ('event', 'schedule')),
    install_id uuid not null,
    registry_id uuid not null,
    source_id uuid not null,
    lane_key text collate "C" not null,
    event_id text collate "C",
    scheduled_for timestamptz,
    state text not null default 'pending'
      check (state in ('pending', 'delivered', 'dead', 'cancelled', 'discarded')),
    attempts integer not null default 0,
    last_error text,
    reason text,
    created_at timestamptz not null,
    finished_at timestamptz,
    check ((kind = 'event') = (event_id is not null)),
    foreign key (tenant_id, event_id) references extension_event (tenant_id, id))
    with (fillfactor = 85)`,
  `create unique index extension_delivery_head on extension_delivery (tenant_id, source_id, lane_key, seq)
    where state = 'pending'`,
  `create index extension_delivery_dead on extension_delivery (tenant_id, seq) where state = 'dead'`,
  `create index extension_delivery_source on extension_delivery (tenant_id, source_id, seq)`,
  `create index extension_delivery_recent on extension_delivery (tenant_id, seq)`,
  // Once per tick, whatever the workers do; and no event twice to one subscription.
  `create unique index extension_delivery_tick on extension_delivery (source_id, scheduled_for)
    where scheduled_for is not null`,
  `create unique index extension_delivery_event on extension_delivery (tenant_id, event_id, source_id)
    where event_id is not null`,
  `create index extension_delivery_waiting on extension_delivery (created_at) where state = 'pending'`,
  `create index extension_delivery_finished on extension_delivery (finished_at)
    where state in ('delivered', 'cancelled', 'discarded')`,

  `create table extension_delivery_lane (
    tenant_id text not null,
    source_id uuid not null,
    lane_key text collate "C" not null,
    install_id uuid not null,
    due_at timestamptz,
    claim uuid,
    primary key (tenant_id, source_id, lane_key))
    with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05)`,
  `create index extension_delivery_lane_due on extension_delivery_lane (tenant_id, due_at)
    where due_at is not null`,
  `create index extension_delivery_lane_held on extension_delivery_lane (tenant_id, install_id) where due_at is null`,
  // Held deliveries are looked at again whenever their install changes, whoever changes it.
  `create function ext_release_lanes() returns trigger language plpgsql as $$
   begin
     update extension_delivery_lane set due_at = 'epoch'
       where tenant_id = old.tenant_id and install_id = old.id and due_at is null;
     return null;
   end $$`,
  `create trigger tenant_extension_install_lanes
    after update of is_enabled, status, version_id, uninstalled_at or delete on tenant_extension_install
    for each row execute function ext_release_lanes()`,

  `create table tenant_extension_schedule (
    id uuid primary key default gen_random_uuid(),
    tenant_id text not null,
    install_id uuid not null,
    endpoint_id uuid not null references extension_api_endpoint (id),
    name varchar(128),
    cron text not null,
    timezone varchar(64) not null default 'UTC',
    enabled boolean not null default true,
    payload_json json,
    next_run_at timestamptz,
    last_run_at timestamptz,
    last_run_status varchar(32) check (last_run_status in ('success', 'error')),
    last_error text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check (enabled = (next_run_at is not null)),
    foreign key (tenant_id, install_id) references tenant_extension_install (tenant_id, id) on delete cascade)`,
  `create unique index tenant_extension_schedule_install_name_uniq on tenant_extension_schedule (install_id, name)
    where name is not null`,
  `create index tenant_extension_schedule_install on tenant_extension_schedule (tenant_id, install_id, created_at, id)`,
  `create index tenant_extension_schedule_next on tenant_extension_schedule (next_run_at)
    where next_run_at is not null`,

  `create table extension_call_rate (
    tenant_id text not null check (tenant_id <> ''),
    bucket text not null,
    hits json not null,
    primary key (tenant_id, bucket))`,

  ...isolate("extension_event_subscription"),
  ...isolate("extension_event"),
  ...isolate("extension_delivery"),
  ...isolate("extension_delivery_lane"),
  ...isolate("tenant_extension_schedule"),
  ...isolate("extension_call_rate"),
  // Workers look for what is due, and the sweep for what is old, over every tenant; the work itself is the tenant's.
  ...letHousekeeping("extension_event"),
  ...letHousekeeping("extension_delivery"),
  ...letHousekeeping("extension_delivery_lane"),
  ...letHousekeeping("tenant_extension_schedule"),
];

import type { JsonValue } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import type { ClaimedLane } from "./claim-lanes.ts";
import type { LaneHead } from "./judge-head.ts";
import { laneName, laneRows } from "./lane-set.ts";

interface HeadRow {
  readonly source_id: string;
  readonly lane_key: string;
  readonly claim: string;
  readonly delivery_id: string;
  readonly kind: "event" | "schedule";
  readonly install_id: string;
  readonly registry_id: string;
  readonly attempts: number;
  readonly scheduled_for: Date | null;
  readonly install_enabled: boolean | null;
  readonly install_version: string | null;
  readonly handler: string | null;
  readonly is_paused: boolean;
  readonly event_id: string | null;
  readonly topic: string | null;
  readonly key: string | null;
  readonly payload: JsonValue;
  readonly emitted_at: Date | null;
  readonly schedule_enabled: boolean | null;
  readonly payload_json: JsonValue | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly endpoint_version: string | null;
}

/** The first delivery that is owed in each of some locked lanes, by name; none for lanes in which nothing seems owed. */
export async function readHeads(
  tx: TenantDb,
  tenantId: string,
  lanes: readonly ClaimedLane[],
): Promise<Map<string, LaneHead>> {
  const { rows } = await sql<HeadRow>`
    select w.source_id, w.lane_key, w.claim, d.id as delivery_id, d.kind, d.install_id, d.registry_id, d.attempts,
      d.scheduled_for, i.is_enabled and i.status = 'enabled' as install_enabled, i.version_id as install_version,
      s.handler, s.paused_at is not null as is_paused,
      e.id as event_id, e.topic, e.key, e.payload, e.emitted_at,
      c.enabled as schedule_enabled, c.payload_json, p.method, p.path, p.version_id as endpoint_version
    from ${laneRows(lanes)}
    cross join lateral (
      select * from extension_delivery d
      where d.tenant_id = ${tenantId} and d.source_id = w.source_id and d.lane_key = w.lane_key
        and d.state = 'pending'
      order by d.seq limit 1) d
    left join tenant_extension_install i on i.tenant_id = ${tenantId} and i.id = d.install_id
    left join extension_event_subscription s on d.kind = 'event' and s.tenant_id = ${tenantId} and s.id = w.source_id
    left join extension_event e on e.tenant_id = ${tenantId} and e.id = d.event_id
    left join tenant_extension_schedule c on d.kind = 'schedule' and c.tenant_id = ${tenantId} and c.id = w.source_id
    left join extension_api_endpoint p on p.id = c.endpoint_id`.execute(tx);
  return new Map(
    rows.map((row) => {
      const { source_id: sourceId, lane_key: laneKey, claim } = row;
      return [laneName({ sourceId, laneKey, claim }), toHead(tenantId, row)];
    }),
  );
}

function toHead(tenantId: string, row: HeadRow): LaneHead {
  const { install_version: versionId, event_id: id, topic, emitted_at: emittedAt } = row;
  const { method, path, endpoint_version: endpointVersion } = row;
  return {
    tenantId,
    sourceId: row.source_id,
    installId: row.install_id,
    registryId: row.registry_id,
    deliveryId: row.delivery_id,
    kind: row.kind,
    attempts: row.attempts,
    scheduledFor: row.scheduled_for,
    install: versionId === null ? null : { isEnabled: row.install_enabled === true, versionId },
    subscription: row.handler === null ? null : { handler: row.handler, isPaused: row.is_paused },
    event:
      id === null || topic === null || emittedAt === null
        ? null
        : { id, topic, key: row.key, payload: row.payload, emittedAt },
    schedule:
      method === null || path === null || endpointVersion === null
        ? null
        : {
            isEnabled: row.schedule_enabled === true,
            payload: row.payload_json,
            method,
            path,
            versionId: endpointVersion,
          },
  };
}

import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { createCoalescer } from "./coalesce.ts";
import { decide, type Counters, type QuotaDecision } from "./decide.ts";
import type { QuotaAmounts } from "@alga-ext/protocol";
import { DEFAULT_WINDOW_SECONDS, type QuotaLimits } from "./limits.ts";
import { mergedLimits } from "./merged-limits.ts";

/** One call that wants to start. */
export interface TakeRequest {
  readonly tenantId: string;
  readonly registryId: string;
  /**
   * The most this call can use of what is measured afterwards. With it those limits hold exactly; without it they are
   * checked against what finished calls have used, so calls under way may go past. @default nothing
   */
  readonly reserve?: QuotaAmounts;
  /** After this many milliseconds an unsettled call no longer counts as running. @default 120000 */
  readonly leaseMs?: number;
}

/** SQL of "how many more calls fit", for an amount that every call of the batch reserves. */
const fitting = (limit: string, used: string, reserved: number) => sql`case
  when (limits->>${sql.lit(limit)}) is null then ${sql.ref("wanted")}
  when ${sql.lit(reserved)} > 0 then ((limits->>${sql.lit(limit)})::bigint - ${sql.ref(used)}) / ${sql.lit(Math.max(1, reserved))}
  when ${sql.ref(used)} < (limits->>${sql.lit(limit)})::bigint then ${sql.ref("wanted")}
  else 0 end`;

/**
 * Take a place for a call, or learn which limit stands against it.
 *
 * One statement decides and counts under the lock of one row; calls of one extension that come while it runs share
 * the next statement, so the row is never queued for by more than one connection of each process.
 */
export function createTake({
  db,
  clock,
}: {
  readonly db: RegistryDb;
  readonly clock: () => number;
}): (request: TakeRequest) => Promise<QuotaDecision> {
  const takeOne = createCoalescer<Required<TakeRequest>, QuotaDecision>((_, requests) => {
    const [first] = requests;
    if (first === undefined) return Promise.resolve([]);
    return db.withTenant(first.tenantId, (tx) =>
      takeMany(tx, first, { count: requests.length, now: clock() }),
    );
  });
  return async ({ tenantId, registryId, reserve = {}, leaseMs = 120_000 }) => {
    if (!isUuid(registryId)) {
      throw new RegistryError("extension_not_found", "Quotas are kept by the registry id of an extension.");
    }
    for (const amount of [leaseMs, ...Object.values(reserve)]) {
      if (!Number.isSafeInteger(amount) || amount < 0)
        throw new TypeError("amounts are whole numbers from 0");
    }
    const { cpuMs = 0, memoryMbMs = 0, egressBytes = 0 } = reserve;
    const request = {
      tenantId,
      registryId: registryId.toLowerCase(),
      reserve: { cpuMs, memoryMbMs, egressBytes },
      leaseMs,
    };
    return takeOne(JSON.stringify(request), request);
  };
}

async function takeMany(
  tx: TenantDb,
  { tenantId, registryId, reserve, leaseMs }: Required<TakeRequest>,
  { count, now }: { readonly count: number; readonly now: number },
): Promise<QuotaDecision[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const { cpuMs = 0, memoryMbMs = 0, egressBytes = 0 } = reserve;
  // The commit does not wait for the disk: a count is not worth that of every call. A database that crashes may forget
  // the takes of its last moment; what calls used is counted, durably, when they are logged.
  // Materialized, step by step: Postgres would copy each step into the next one, and plan for longer than it works.
  // A window that began already, by the clock of another process a little ahead, is not opened again.
  const statement = sql<Counters & { granted: string | number; limits: QuotaLimits; window_start: Date }>`
    with merged as materialized (select ${mergedLimits(tenantId, registryId)} as limits,
        set_config('synchronous_commit', 'off', true) as hurry),
    timed as materialized (select limits, to_timestamp(floor(${now / 1000}::float8 / seconds) * seconds) as opened
      from (select limits, coalesce((limits->>'windowSeconds')::int, ${sql.lit(DEFAULT_WINDOW_SECONDS)}) as seconds
        from merged) m),
    held as materialized (select * from extension_quota_state
      where tenant_id = ${tenantId} and registry_id = ${registryId} for update),
    placed as materialized (select limits, running, invocations, cpu_ms, mem_mb_ms, egress_bytes, window_start, case
        when window_start > opened and window_start < ${new Date(now + 900_000)} then window_start
        else opened end as at
      from held, timed),
    now_used as materialized (select limits, at, ${sql.lit(count)}::bigint as wanted,
        case when window_start = at then invocations else 0 end as invocations,
        case when window_start = at then cpu_ms else 0 end as cpu_ms,
        case when window_start = at then mem_mb_ms else 0 end as mem_mb_ms,
        case when window_start = at then egress_bytes else 0 end as egress_bytes,
        (select coalesce(jsonb_object_agg(key, value), '{}'::jsonb) from jsonb_each(running)
          where value::bigint > ${now}) as running
      from placed),
    counted as materialized (select *, (select count(*) from jsonb_object_keys(running)) as places from now_used),
    decided as materialized (select *, greatest(0, least(wanted,
        ${fitting("invocations", "invocations", 1)},
        ${fitting("concurrent", "places", 1)},
        ${fitting("cpuMs", "cpu_ms", cpuMs)},
        ${fitting("memoryMbMs", "mem_mb_ms", memoryMbMs)},
        ${fitting("egressBytes", "egress_bytes", egressBytes)})) as granted
      from counted)
    update extension_quota_state s set window_start = d.at,
      invocations = d.invocations + d.granted,
      cpu_ms = d.cpu_ms + d.granted * ${cpuMs}::bigint,
      mem_mb_ms = d.mem_mb_ms + d.granted * ${memoryMbMs}::bigint,
      egress_bytes = d.egress_bytes + d.granted * ${egressBytes}::bigint,
      running = d.running || coalesce((select jsonb_object_agg(id, ${now + leaseMs}::bigint)
        from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) with ordinality as lease(id, place)
        where place <= d.granted), '{}'::jsonb)
    from decided d
    where s.tenant_id = ${tenantId} and s.registry_id = ${registryId}
    returning d.granted, d.limits, s.window_start, s.invocations, s.cpu_ms, s.mem_mb_ms, s.egress_bytes,
      d.places + d.granted as places`;
  let row = (await statement.execute(tx)).rows[0];
  if (row === undefined) {
    await tx
      .insertInto("extension_quota_state")
      .values({
        tenant_id: tenantId,
        registry_id: registryId,
        window_start: new Date(0),
        invocations: 0,
        cpu_ms: 0,
        mem_mb_ms: 0,
        egress_bytes: 0,
        running: "{}",
      })
      .onConflict((conflict) => conflict.columns(["tenant_id", "registry_id"]).doNothing())
      .execute();
    row = (await statement.execute(tx)).rows[0];
  }
  if (row === undefined) throw new TypeError("a quota row that was just written is there");
  const { granted, limits, window_start: windowStart, ...used } = row;
  return ids.map((id, index) =>
    index < Number(granted)
      ? {
          allowed: true,
          lease: { id, tenantId, registryId, windowStart: windowStart.toISOString(), reserve },
        }
      : decide({ limits, used, reserve, windowStart, now }),
  );
}

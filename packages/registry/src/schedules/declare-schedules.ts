import { effectiveCapabilities, type Manifest } from "@alga-ext/manifest";
import type { TenantDb } from "../db/registry-db.ts";
import { disableSchedule } from "./remap-schedules.ts";
import { findOwner } from "./lock-owner.ts";
import { insertSchedule } from "./write-schedule.ts";

/**
 * Make the schedules a version declares, in the transaction that installs it. A name that exists already is left
 * alone: the administrator may have changed it. Without `cap:scheduler.manage` they are made, but switched off.
 */
export async function declareSchedules(
  tx: TenantDb,
  request: {
    readonly tenantId: string;
    readonly installId: string;
    readonly manifest: Pick<Manifest, "schedules">;
    readonly now: Date;
  },
): Promise<void> {
  const { tenantId, installId, manifest, now } = request;
  if (manifest.schedules.length === 0) return;
  const owner = await findOwner(tx, { tenantId, installId, lock: true });
  if (owner === null) return;
  const effective = effectiveCapabilities([...owner.declaredCapabilities], [...owner.grantedCapabilities]);
  const isGranted = effective.includes("cap:scheduler.manage");
  for (const { name, cron, timezone, endpoint, payload, enabled } of manifest.schedules) {
    const { id } = await insertSchedule(tx, owner, {
      raw: {
        name,
        cron,
        timezone,
        payload,
        endpoint: `${endpoint.method} ${endpoint.path}`,
        enabled,
      },
      now,
    });
    // Null: the name is taken, or the install has as many as it may.
    if (id === null || isGranted || !enabled) continue;
    const why = "Switched off: cap:scheduler.manage was not granted when it was installed.";
    await disableSchedule(tx, { tenantId, scheduleId: id, why, now });
  }
}

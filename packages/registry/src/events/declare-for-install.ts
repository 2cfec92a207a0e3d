import type { Manifest } from "@alga-ext/manifest";
import type { TenantDb } from "../db/registry-db.ts";
import { declareSchedules } from "../schedules/declare-schedules.ts";
import { declareSubscriptions } from "./declare-subscriptions.ts";

/** Make what a version declares to be called for, in the transaction that puts the version in place. */
export async function declareForInstall(
  tx: TenantDb,
  request: {
    readonly tenantId: string;
    readonly installId: string;
    readonly manifest: Pick<Manifest, "events" | "schedules">;
    readonly now: Date;
  },
): Promise<void> {
  await declareSubscriptions(tx, request);
  await declareSchedules(tx, request);
}

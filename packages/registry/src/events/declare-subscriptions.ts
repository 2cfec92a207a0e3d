import type { Manifest } from "@alga-ext/manifest";
import type { TenantDb } from "../db/registry-db.ts";

/**
 * Bring the subscriptions of an install in line with what its version declares, in the transaction that installs it.
 *
 * Those that stay keep their id and stay paused if they were; what is still owed to those that go is cancelled by the
 * next worker, with a row that says so.
 */
export async function declareSubscriptions(
  tx: TenantDb,
  request: {
    readonly tenantId: string;
    readonly installId: string;
    readonly manifest: Pick<Manifest, "events">;
    readonly now: Date;
  },
): Promise<void> {
  const { tenantId, installId, manifest, now } = request;
  const wanted = manifest.events.flatMap(({ topic, endpoint }) =>
    endpoint === null ? [] : [{ topic, handler: `${endpoint.method} ${endpoint.path}` }],
  );
  const existing = await tx
    .selectFrom("extension_event_subscription")
    .select(["id", "topic", "handler"])
    .where("tenant_id", "=", tenantId)
    .where("install_id", "=", installId)
    .execute();
  const isSame = (one: (typeof wanted)[number], other: (typeof wanted)[number]): boolean =>
    one.topic === other.topic && one.handler === other.handler;
  const gone = existing.filter((one) => !wanted.some((other) => isSame(one, other))).map(({ id }) => id);
  const added = wanted.filter((one) => !existing.some((other) => isSame(one, other)));
  if (gone.length > 0) {
    await tx
      .deleteFrom("extension_event_subscription")
      .where("tenant_id", "=", tenantId)
      .where("id", "in", gone)
      .execute();
    await releaseLanes(tx, { tenantId, sourceIds: gone, now });
  }
  if (added.length > 0) {
    await tx
      .insertInto("extension_event_subscription")
      .values(
        added.map((one) => ({
          tenant_id: tenantId,
          install_id: installId,
          ...one,
          paused_at: null,
          created_at: now,
        })),
      )
      .execute();
  }
}

/** Let workers look again at deliveries that were held. */
export async function releaseLanes(
  tx: TenantDb,
  request: { readonly tenantId: string; readonly sourceIds: readonly string[]; readonly now: Date },
): Promise<void> {
  await tx
    .updateTable("extension_delivery_lane")
    .set({ due_at: request.now })
    .where("tenant_id", "=", request.tenantId)
    .where("source_id", "in", request.sourceIds)
    .where("due_at", "is", null)
    .execute();
}

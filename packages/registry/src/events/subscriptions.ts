import { sql } from "kysely";
import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { releaseLanes } from "./declare-subscriptions.ts";

/** One topic that an install hears of. */
export interface Subscription {
  readonly subscriptionId: string;
  readonly installId: string;
  readonly registryId: string;
  readonly topic: string;
  readonly endpoint: { readonly method: string; readonly path: string };
  /** ISO 8601; null while it runs. */
  readonly pausedAt: string | null;
  /** Deliveries on their way, held ones included. */
  readonly waiting: number;
  /** Deliveries in the dead letter. */
  readonly dead: number;
}

/** One subscription of a tenant. */
export interface SubscriptionRef {
  readonly tenantId: string;
  readonly subscriptionId: string;
}

/** The subscriptions of a tenant, or of one extension there, by topic; a manifest declares at most 100. */
export function readSubscriptions(
  db: RegistryDb,
  { tenantId, registryId }: { readonly tenantId: string; readonly registryId?: string },
): Promise<Subscription[]> {
  if (registryId !== undefined && !isUuid(registryId)) return Promise.resolve([]);
  return db.withTenant(tenantId, async (tx) => {
    const rows = await tx
      .selectFrom("extension_event_subscription as s")
      .innerJoin("tenant_extension_install as i", (join) =>
        join.onRef("i.tenant_id", "=", "s.tenant_id").onRef("i.id", "=", "s.install_id"),
      )
      .select((eb) => [
        "s.id",
        "s.install_id",
        "i.registry_id",
        "s.topic",
        "s.handler",
        "s.paused_at",
        ...(["pending", "dead"] as const).map((state) =>
          eb
            .selectFrom("extension_delivery as d")
            .select(sql<number>`count(*)::int`.as("count"))
            .where("d.tenant_id", "=", tenantId)
            .whereRef("d.source_id", "=", "s.id")
            .where("d.state", "=", sql.lit(state))
            .as(state),
        ),
      ])
      .where("s.tenant_id", "=", tenantId)
      .where("i.uninstalled_at", "is", null)
      .$if(registryId !== undefined, (query) => query.where("i.registry_id", "=", registryId ?? ""))
      .orderBy("s.topic")
      .orderBy("s.id")
      .execute();
    return rows.map((row) => ({
      subscriptionId: row.id,
      installId: row.install_id,
      registryId: row.registry_id,
      topic: row.topic,
      endpoint: toEndpoint(row.handler),
      pausedAt: row.paused_at?.toISOString() ?? null,
      waiting: row.pending ?? 0,
      dead: row.dead ?? 0,
    }));
  });
}

/** `POST /path` in its two parts. */
export function toEndpoint(handler: string): { readonly method: string; readonly path: string } {
  const [method = "", path = ""] = handler.split(" ");
  return { method, path };
}

/**
 * Hold the deliveries of one subscription, or let them go on. What is emitted meanwhile waits; a call that is under
 * way ends.
 *
 * @throws {RegistryError} `subscription_not_found`
 */
export async function setPaused(
  context: { readonly db: RegistryDb; readonly clock: () => number; readonly wake: () => Promise<void> },
  request: SubscriptionRef & { readonly paused: boolean },
): Promise<void> {
  const { tenantId, subscriptionId, paused } = request;
  const now = new Date(context.clock());
  await context.db.withTenant(tenantId, async (tx) => {
    const found = isUuid(subscriptionId)
      ? await tx
          .updateTable("extension_event_subscription")
          .set({ paused_at: paused ? sql`coalesce(paused_at, ${now})` : null })
          .where("tenant_id", "=", tenantId)
          .where("id", "=", subscriptionId)
          .returning("id")
          .executeTakeFirst()
      : undefined;
    if (found === undefined) {
      throw new RegistryError("subscription_not_found", "There is no such subscription.");
    }
    if (!paused) await releaseLanes(tx, { tenantId, sourceIds: [found.id], now });
  });
  if (!paused) await context.wake();
}

import type { DeadLetter, Delivery, Page, Subscription } from "@alga-ext/registry";
import { request, toQuery } from "./request.ts";

/** What one extension hears of. */
export async function listSubscriptions(extension: string): Promise<readonly Subscription[]> {
  const path = `/api/extensions/subscriptions${toQuery({ extension })}`;
  return (await request<{ subscriptions: readonly Subscription[] }>("GET", path)).subscriptions;
}

/** Hold the deliveries of a subscription, or let them go on. */
export const setPaused = (subscriptionId: string, paused: boolean): Promise<null> =>
  request("PUT", `/api/extensions/subscriptions/${subscriptionId}/paused`, { paused });

/** Deliveries of one subscription or schedule, newest first. */
export const listDeliveries = (
  filter: { readonly sourceId: string; readonly state?: string },
  cursor: string | null,
): Promise<Page<Delivery>> =>
  request("GET", `/api/extensions/deliveries${toQuery({ ...filter, cursor, limit: 20 })}`);

/** What was given up of one subscription or schedule, newest first. */
export const listDeadLetters = (sourceId: string, cursor: string | null): Promise<Page<DeadLetter>> =>
  request("GET", `/api/extensions/dead-letters${toQuery({ sourceId, cursor, limit: 20 })}`);

/** Owe dead letters again, or give them up for good; answers how many. */
export async function settleDeadLetters(
  verb: "replay" | "discard",
  selection: { readonly deliveryIds: readonly string[] } | { readonly sourceId: string },
): Promise<number> {
  const path = `/api/extensions/dead-letters/${verb}`;
  return (await request<{ count: number }>("POST", path, selection)).count;
}

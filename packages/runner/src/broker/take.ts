import type { CallSession } from "./call-session.ts";
import type { CallUsage } from "./call-usage.ts";

/** Limits that count single deeds, and where they are counted. */
const COUNTERS = {
  host_calls: "hostCalls",
  storage_ops: "storageOps",
  egress_requests: "egressRequests",
} as const satisfies Record<string, keyof CallUsage>;

/** Count one deed; false, and recorded as exceeded, when it is one too many. */
export function take({ limits, usage }: CallSession, limit: keyof typeof COUNTERS): boolean {
  const counter = COUNTERS[limit];
  if (usage[counter] >= limits[limit]) {
    usage.exceeded.set(limit, limits[limit]);
    return false;
  }
  usage[counter] += 1;
  return true;
}

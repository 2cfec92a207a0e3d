import type { JsonValue } from "@alga-ext/protocol";
import type { SharedDb } from "../db/registry-db.ts";
import { appendOutbox } from "../publish/append-outbox.ts";
import { appendEvent } from "./append-event.ts";

/** What can happen to a release after it was published, and what the outbox calls it. */
const KINDS = {
  version_deprecated: "version.deprecated",
  version_undeprecated: "version.undeprecated",
  version_yanked: "version.yanked",
  version_unyanked: "version.unyanked",
  channel_set: "channel.set",
  channel_unset: "channel.unset",
} as const;

/** Record a change of what is offered, in the transaction that makes it: in the registry's chain and for others. */
export async function recordRelease(
  tx: SharedDb,
  change: {
    readonly type: keyof typeof KINDS;
    readonly actor: string;
    readonly payload: { readonly [key: string]: JsonValue };
    readonly at: Date;
  },
): Promise<void> {
  const { type, payload, at } = change;
  await appendOutbox(tx, { kind: KINDS[type], tenantId: "", payload, at });
  await appendEvent(tx, { ...change, tenantId: "" });
}

import type { JsonValue } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import { appendOutbox } from "../publish/append-outbox.ts";
import { appendEvent, type ReleaseEventType } from "../releases/append-event.ts";
import { touchInstall } from "./touch-install.ts";

/** Something that happened to an install. */
export interface InstallChange {
  readonly tenantId: string;
  readonly registryId: string;
  readonly installId: string;
  readonly type: ReleaseEventType;
  readonly actor: string;
  readonly payload?: { readonly [key: string]: JsonValue };
  readonly now: Date;
}

/**
 * Finish a change of an install: caches see a new version of it, the tenant's chain says who did what, and the outbox
 * tells others. Last in its transaction: the chain's head is locked last.
 */
export async function recordChange(tx: TenantDb, change: InstallChange): Promise<void> {
  const { tenantId, registryId, installId, type, actor, now } = change;
  await touchInstall(tx, { tenantId, installId, now });
  await appendOutbox(tx, {
    kind: `install.${type.replace(/^install_/, "")}`,
    tenantId,
    payload: { registryId, installId },
    at: now,
  });
  await appendEvent(tx, {
    tenantId,
    type,
    actor,
    payload: { registryId, installId, ...change.payload },
    at: now,
  });
}

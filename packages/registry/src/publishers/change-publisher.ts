import type { JsonValue, Principal } from "@alga-ext/protocol";
import { assertPublisher } from "../access/assert-publisher.ts";
import type { RegistryDb, SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { appendOutbox } from "../publish/append-outbox.ts";
import { lockPublisher } from "../publish/own-publisher.ts";
import { requirePublish } from "../publish/require-publish.ts";
import { appendEvent } from "../releases/append-event.ts";
import { getPublisher, type PublisherInfo } from "./get-publisher.ts";

/** What the publisher verbs work with. */
export interface PublisherContext {
  readonly db: RegistryDb;
  readonly clock: () => number;
}

/** A publisher and who asks. */
export interface PublisherRef {
  /** The name in any letter case. */
  readonly publisher: string;
  readonly principal: Principal;
}

/** What an owner wants to be so. */
export interface OwnerChange {
  readonly type: "publisher_key_added" | "publisher_key_removed" | "publisher_transferred";
  readonly payload: { readonly [key: string]: JsonValue };
  /** New values, from the present ones; null when it is so already. */
  readonly change: (owner: {
    readonly organisation: string | null;
    readonly keyIds: readonly string[];
  }) => { readonly organisation?: string; readonly keyIds?: readonly string[] } | null;
}

/**
 * Change who owns a name, for its owner, and record it; doing it again changes and records nothing.
 *
 * @throws {RegistryError} `forbidden`, `publisher_not_found`, `publisher_not_owned`
 */
export async function changePublisher(
  { db, clock }: PublisherContext,
  ref: PublisherRef,
  wanted: OwnerChange,
): Promise<PublisherInfo> {
  const { principal } = ref;
  requirePublish(principal);
  // Else whoever gets hold of a CI job's key once keeps the name for good.
  if (principal.userType !== "internal") {
    throw new RegistryError(
      "forbidden",
      "Who owns a publisher's name is changed by people, not by programs.",
    );
  }
  const publisher = ref.publisher.toLowerCase();
  assertPublisher(principal, publisher);
  await db.shared(async (tx) => {
    const owner = await lockPublisher(tx, publisher);
    if (owner === null) throw notFound(ref.publisher);
    if (owner.organisation !== principal.tenantId) {
      throw new RegistryError("publisher_not_owned", `The name ${ref.publisher} is not yours.`, {
        details: { publisher, reason: "organisation" },
      });
    }
    const change = wanted.change({ organisation: owner.organisation, keyIds: owner.key_ids });
    if (change === null) return;
    await write(tx, publisher, change);
    const at = new Date(clock());
    const payload = { publisher, ...wanted.payload };
    await appendOutbox(tx, { kind: "publisher.changed", tenantId: "", payload, at });
    await appendEvent(tx, { tenantId: "", type: wanted.type, actor: principal.userId, payload, at });
  });
  const info = await getPublisher(db, ref);
  if (info === null) throw notFound(ref.publisher);
  return info;
}

async function write(
  tx: SharedDb,
  publisher: string,
  { organisation, keyIds }: { readonly organisation?: string; readonly keyIds?: readonly string[] },
): Promise<void> {
  await tx
    .updateTable("extension_publisher")
    .set({
      ...(organisation === undefined ? {} : { organisation }),
      ...(keyIds === undefined ? {} : { key_ids: JSON.stringify(keyIds) }),
    })
    .where("publisher", "=", publisher)
    .execute();
}

function notFound(publisher: string): RegistryError {
  return new RegistryError("publisher_not_found", `Nobody has published as ${publisher}.`, {
    details: { publisher },
  });
}

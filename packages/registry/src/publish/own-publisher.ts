import type { SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { lookalikeOf } from "./check-names.ts";

/** Whose name it is about, and who publishes. */
export interface OwnershipClaim {
  readonly publisher: string;
  /** Tenant of the principal that publishes. */
  readonly organisation: string;
  /** Keys whose signatures hold. */
  readonly keyIds: readonly string[];
  /** The operator or an authority says that a key is this publisher's: so a key can be rotated. */
  readonly isBound: boolean;
}

interface Owner {
  readonly organisation: string | null;
  readonly key_ids: readonly string[];
}

/**
 * Bind a publisher's name to the organisation and the keys of its first publish, and refuse every other from then on.
 * A key that the trust policy itself binds to the publisher counts as one of its keys.
 *
 * @throws {RegistryError} `publisher_not_owned`, `name_taken` when another publisher's name reads the same
 */
export async function ownPublisher(
  tx: SharedDb,
  claim: OwnershipClaim & { readonly now: Date },
): Promise<void> {
  const publisher = claim.publisher.toLowerCase();
  await tx
    .insertInto("extension_publisher")
    .values({
      publisher,
      key_ids: JSON.stringify(claim.keyIds),
      organisation: claim.organisation,
      lookalike: lookalikeOf(publisher),
      created_at: claim.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const owner = await lockPublisher(tx, publisher);
  if (owner === null) {
    throw new RegistryError("name_taken", `Another publisher's name reads like ${claim.publisher}.`, {
      details: { publisher: claim.publisher },
    });
  }
  assertOwner(owner, claim);
  if (owner.organisation !== null && (owner.key_ids.length > 0 || claim.keyIds.length === 0)) return;
  // Bound before organisations were kept, or by an unsigned publish: this one says the rest.
  const keyIds = owner.key_ids.length > 0 ? owner.key_ids : claim.keyIds;
  await tx
    .updateTable("extension_publisher")
    .set({ organisation: claim.organisation, key_ids: JSON.stringify(keyIds) })
    .where("publisher", "=", publisher)
    .execute();
}

/** The check alone, before anything is written. */
export async function assertOwned(tx: SharedDb, claim: OwnershipClaim): Promise<void> {
  const owner = await tx
    .selectFrom("extension_publisher")
    .select(["organisation", "key_ids"])
    .where("publisher", "=", claim.publisher.toLowerCase())
    .executeTakeFirst();
  if (owner !== undefined) assertOwner(owner, claim);
}

/** Lock a publisher's row until the transaction ends; null when there is none. */
export async function lockPublisher(tx: SharedDb, publisher: string): Promise<Owner | null> {
  const row = await tx
    .selectFrom("extension_publisher")
    .select(["organisation", "key_ids"])
    .where("publisher", "=", publisher.toLowerCase())
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

function assertOwner(owner: Owner, claim: OwnershipClaim): void {
  const { publisher, organisation, keyIds } = claim;
  if (owner.organisation !== null && owner.organisation !== organisation) {
    throw notOwned(publisher, "another organisation", { reason: "organisation" });
  }
  const isKnown = owner.key_ids.length === 0 || keyIds.some((keyId) => owner.key_ids.includes(keyId));
  // Whoever comes without an organisation to compare with needs the key itself.
  if (isKnown || claim.isBound) return;
  throw notOwned(publisher, "other signing keys", { reason: "key", keyIds: [...keyIds] });
}

function notOwned(
  publisher: string,
  owner: string,
  details: { readonly reason: string; readonly keyIds?: string[] },
): RegistryError {
  return new RegistryError("publisher_not_owned", `The name ${publisher} belongs to ${owner}.`, {
    details: { publisher, ...details },
  });
}

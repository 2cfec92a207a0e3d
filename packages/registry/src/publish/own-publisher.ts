import type { SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";

/** Whose name it is about, and who signed. */
export interface OwnershipClaim {
  readonly publisher: string;
  readonly keyIds: readonly string[];
  /** The operator or an authority says that a key is this publisher's: so a key can be rotated. */
  readonly isBound: boolean;
}

/**
 * Bind a publisher's name to the keys of its first signed publish, and refuse every other key from then on, unless the
 * trust policy itself binds it to the publisher.
 *
 * @throws {RegistryError} `publisher_not_owned`
 */
export async function ownPublisher(
  tx: SharedDb,
  request: OwnershipClaim & { readonly now: Date },
): Promise<void> {
  const publisher = request.publisher.toLowerCase();
  if (request.keyIds.length > 0) {
    await tx
      .insertInto("extension_publisher")
      .values({ publisher, key_ids: JSON.stringify(request.keyIds), created_at: request.now })
      .onConflict((conflict) => conflict.column("publisher").doNothing())
      .execute();
  }
  await assertOwned(tx, request);
}

/** The check alone, before anything is written. */
export async function assertOwned(tx: SharedDb, request: OwnershipClaim): Promise<void> {
  if (request.isBound) return;
  const owner = await tx
    .selectFrom("extension_publisher")
    .select("key_ids")
    .where("publisher", "=", request.publisher.toLowerCase())
    .executeTakeFirst();
  if (owner === undefined || request.keyIds.some((keyId) => owner.key_ids.includes(keyId))) return;
  throw new RegistryError(
    "publisher_not_owned",
    `The name ${request.publisher} belongs to other signing keys.`,
    { details: { publisher: request.publisher, keyIds: [...request.keyIds] } },
  );
}

import type { Principal } from "@alga-ext/protocol";
import { assertPublisher } from "../access/assert-publisher.ts";
import type { SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";

/** Most characters of a reason. */
const MAX_REASON = 1_000;

/**
 * Check that someone may change what is offered of a publisher's extensions: whoever may publish for the organisation
 * that owns the name. No signature is at hand here, so a name that was bound only to keys, before organisations were
 * kept, is nobody's until its next publish.
 *
 * @throws {RegistryError} `publisher_not_owned`
 */
export async function assertMayChange(
  tx: SharedDb,
  { principal, publisher }: { readonly principal: Principal; readonly publisher: string },
): Promise<void> {
  assertPublisher(principal, publisher);
  const owner = await tx
    .selectFrom("extension_publisher")
    .select("organisation")
    .where("publisher", "=", publisher.toLowerCase())
    .executeTakeFirst();
  if (owner?.organisation === principal.tenantId) return;
  throw new RegistryError(
    "publisher_not_owned",
    owner?.organisation == null
      ? `Nobody is known to own the name ${publisher}: publish a version with its key first.`
      : `The name ${publisher} belongs to another organisation.`,
    { details: { publisher, reason: "organisation" } },
  );
}

/**
 * Check what a publisher says in public.
 *
 * @throws {RegistryError} `invalid_request`
 */
export function toReason(reason: string): string {
  const text = reason.trim();
  if (text !== "" && text.length <= MAX_REASON && !text.includes("\0") && text.isWellFormed()) return text;
  throw new RegistryError("invalid_request", `A reason is 1 to ${MAX_REASON} characters of text.`, {
    details: { field: "reason" },
  });
}

import type { Principal } from "@alga-ext/protocol";
import type { SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";

/** Most characters of a reason. */
const MAX_REASON = 1_000;

/**
 * Check that someone may change what is offered of a publisher's extensions: the permission to publish, and having
 * published under this name before.
 *
 * @throws {RegistryError} `forbidden`, `publisher_not_owned`
 */
export async function assertMayChange(
  tx: SharedDb,
  request: { readonly principal: Principal; readonly registryId: string; readonly publisher: string },
): Promise<void> {
  const { principal, registryId, publisher } = request;
  assertMayPublish(principal);
  const published = await tx
    .selectFrom("extension_version")
    .select("id")
    .where("registry_id", "=", registryId)
    .where("published_by", "=", principal.userId)
    .limit(1)
    .executeTakeFirst();
  if (published !== undefined) return;
  throw new RegistryError("publisher_not_owned", `The name ${publisher} belongs to somebody else.`, {
    details: { publisher },
  });
}

/**
 * Check the permission alone, before anything is looked up.
 *
 * @throws {RegistryError} `forbidden`
 */
export function assertMayPublish(principal: Principal): void {
  if (principal.permissions.includes("extension:publish")) return;
  throw new RegistryError("forbidden", "Changing releases needs the permission extension:publish.");
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

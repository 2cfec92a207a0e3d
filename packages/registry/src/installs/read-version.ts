import type { TenantDb } from "../db/registry-db.ts";
import { wildcardLine } from "../publish/version-order.ts";
import { CHANNEL_NAME } from "../releases/channel-names.ts";
import type { PickedVersion } from "../releases/pick-version.ts";

/** What an install follows that names this: a line or a channel is followed, an exact version is not. */
export function followedBy(version: string): string | null {
  return wildcardLine(version) !== null || CHANNEL_NAME.test(version) ? version : null;
}

/** Read a version that is known to exist, yanked or not. */
export async function readVersion(tx: TenantDb, versionId: string): Promise<PickedVersion> {
  const row = await tx
    .selectFrom("extension_version")
    .select(["id", "registry_id", "version", "capabilities", "egress", "manifest"])
    .where("id", "=", versionId)
    .executeTakeFirstOrThrow();
  const { registry_id: registryId, ...rest } = row;
  return { registryId, ...rest };
}

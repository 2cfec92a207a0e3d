import type { Principal } from "@alga-ext/protocol";
import type { RegistryDb, SharedDb } from "../db/registry-db.ts";
import { requirePublish } from "../publish/require-publish.ts";
import { findExactVersion, findExtension } from "./find-extension.ts";
import { selectVersions, toVersionSummary, type VersionSummary } from "./list-versions.ts";
import { assertMayChange, toReason } from "./may-change.ts";
import { recordRelease } from "./record-release.ts";

/** Which version, and what to say of it. */
export interface VersionStateRequest {
  /** Registry id or slug. */
  readonly extension: string;
  /** Exact. */
  readonly version: string;
  /** Shown to everybody, 1 to 1,000 characters; null takes it back. */
  readonly reason: string | null;
  /** Needs `extension:publish` and to own the publisher's name. */
  readonly principal: Principal;
}

/**
 * Deprecate or yank a version, or take it back. Its row and archive stay as they are; a yanked one leaves every channel
 * that was set by hand, is no longer installed anew, and keeps running where it is installed. Repeating changes nothing.
 *
 * @throws {RegistryError} `forbidden`, `publisher_not_owned`, `extension_not_found`, `version_not_found`,
 * `invalid_request`
 */
export function setVersionState(
  { db, clock }: { readonly db: RegistryDb; readonly clock: () => number },
  request: VersionStateRequest & { readonly state: "deprecated" | "yanked" },
): Promise<VersionSummary> {
  const { principal, state } = request;
  requirePublish(principal);
  const reason = request.reason === null ? null : toReason(request.reason);
  const at = new Date(clock());
  return db.shared(async (tx) => {
    const extension = await findExtension(tx, request.extension, { lock: "update" });
    const registryId = extension.id;
    await assertMayChange(tx, { principal, publisher: extension.publisher });
    const { id, version } = await findExactVersion(tx, { registryId, version: request.version });
    const before = await readState(tx, id);
    if ((before?.[`${state}_reason`] ?? null) !== reason) {
      const columns =
        state === "yanked"
          ? { yanked_reason: reason, yanked_at: reason === null ? null : at }
          : { deprecated_reason: reason, deprecated_at: reason === null ? null : at };
      await tx
        .insertInto("extension_version_state")
        .values({ version_id: id, registry_id: registryId, ...NOTHING, ...columns })
        .onConflict((conflict) => conflict.column("version_id").doUpdateSet(columns))
        .execute();
      const left = state === "yanked" && reason !== null ? await leaveChannels(tx, id) : [];
      await recordRelease(tx, {
        type: reason === null ? `version_un${state}` : `version_${state}`,
        actor: principal.userId,
        payload: {
          registryId,
          publisher: extension.publisher,
          name: extension.name,
          version,
          versionId: id,
          reason,
          ...(left.length > 0 ? { channels: left } : {}),
        },
        at,
      });
    }
    return toVersionSummary(await selectVersions(tx).where("v.id", "=", id).executeTakeFirstOrThrow());
  });
}

const NOTHING = { deprecated_reason: null, deprecated_at: null, yanked_reason: null, yanked_at: null };

function readState(tx: SharedDb, versionId: string) {
  return tx
    .selectFrom("extension_version_state")
    .select(["deprecated_reason", "yanked_reason"])
    .where("version_id", "=", versionId)
    .executeTakeFirst();
}

async function leaveChannels(tx: SharedDb, versionId: string): Promise<string[]> {
  const rows = await tx
    .deleteFrom("extension_channel")
    .where("version_id", "=", versionId)
    .returning("name")
    .execute();
  return rows.map(({ name }) => name).sort();
}

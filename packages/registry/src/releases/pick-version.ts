import { sql } from "kysely";
import type { SharedDb, TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { readManifest } from "../publish/manifest-reader.ts";
import { wildcardLine } from "../publish/version-order.ts";
import { CHANNEL_NAME, isMoving, MOVING_CHANNELS } from "./channel-names.ts";
import { findExtension, versionNotFound } from "./find-extension.ts";

/** What {@link pickVersion} chooses from. */
export interface PickRequest {
  readonly registryId: string;
  /** An exact version, `X.Y.*` for the newest release of that line, or a channel such as `latest`. */
  readonly wanted: string;
  /** What the tenant has already: it may be picked although it is yanked. */
  readonly installedVersionId?: string;
}

/** A version that may be installed. */
export interface PickedVersion {
  readonly id: string;
  readonly registryId: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  readonly egress: readonly string[];
  /** The archive's own `manifest.json`, verbatim; it parses. */
  readonly manifest: string;
}

/**
 * Choose the version to install. It cannot be yanked before the transaction ends: the extension's row is locked for
 * sharing, so lock nothing of the install before.
 *
 * @throws {RegistryError} `extension_not_found`, `version_not_found`, `version_yanked`, `manifest_unreadable`
 */
export async function pickVersion(db: SharedDb | TenantDb, request: PickRequest): Promise<PickedVersion> {
  const tx = db as SharedDb;
  const { id: registryId } = await findExtension(tx, request.registryId, { lock: "share" });
  const row = await tx
    .selectFrom("extension_version as v")
    .leftJoin("extension_version_state as s", "s.version_id", "v.id")
    .select([
      "v.id",
      "v.version",
      "v.capabilities",
      "v.egress",
      "v.manifest",
      "s.yanked_at",
      "s.yanked_reason",
    ])
    .where("v.registry_id", "=", registryId)
    .where("v.id", "=", wantedId(registryId, request.wanted))
    .executeTakeFirst();
  if (row === undefined) throw versionNotFound(request.wanted);
  const { id, version, capabilities, egress, manifest } = row;
  if (row.yanked_at !== null && id !== request.installedVersionId) {
    throw new RegistryError("version_yanked", "The publisher withdrew this version: choose another one.", {
      details: { version, reason: row.yanked_reason, yankedAt: row.yanked_at.toISOString() },
    });
  }
  readManifest({ versionId: id, manifest });
  return { id, registryId, version, capabilities, egress, manifest };
}

/** Id of the version that a text names, as SQL. */
function wantedId(registryId: string, wanted: string) {
  const line = wildcardLine(wanted);
  if (line !== null) {
    const prefix = line
      .split(".")
      .map((part) => part.padStart(10, "0"))
      .join("");
    // All keys of the line start with the prefix and go on with a digit; ":" follows the digits.
    return sql<string>`(select lv.id from extension_version lv
      where lv.registry_id = ${registryId} and not lv.is_prerelease
        and lv.sort_key > ${prefix} and lv.sort_key < ${`${prefix}:`}
        and not exists (select from extension_version_state ls where ls.version_id = lv.id and ls.yanked_at is not null)
      order by lv.sort_key desc limit 1)`;
  }
  if (CHANNEL_NAME.test(wanted)) {
    const byItself = isMoving(wanted)
      ? sql`(select ${sql.ref(MOVING_CHANNELS[wanted])} from extension_registry where id = ${registryId})`
      : sql`null`;
    return sql<string>`coalesce((select version_id from extension_channel
      where registry_id = ${registryId} and name = ${wanted}), ${byItself})`;
  }
  return sql<string>`(select ev.id from extension_version ev
    where ev.registry_id = ${registryId} and ev.version = ${wanted.replaceAll("\0", "\u{fffd}")})`;
}

import type { Principal } from "@alga-ext/protocol";
import type { RegistryDb, SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { CHANNEL_NAME } from "./channel-names.ts";
import { requirePublish } from "../publish/require-publish.ts";
import { findExactVersion, findExtension } from "./find-extension.ts";
import { readChannels, type Channel } from "./get-extension.ts";
import { assertMayChange } from "./may-change.ts";
import { recordRelease } from "./record-release.ts";

/** Which channel, and where it shall point. */
export interface SetChannelRequest {
  /** Registry id or slug. */
  readonly extension: string;
  /** A lower-case letter, then up to 31 of a-z, 0-9 and `-`. */
  readonly channel: string;
  /** Exact; null removes the channel, or lets `latest` and `beta` move by themselves again. */
  readonly version: string | null;
  /** Needs `extension:publish` and to own the publisher's name. */
  readonly principal: Principal;
}

/** Channels of one extension that are set by hand. */
const MAX_CHANNELS = 50;

/**
 * Point a channel to a version; answers all channels as they are then. Repeating changes nothing.
 *
 * @throws {RegistryError} `forbidden`, `publisher_not_owned`, `extension_not_found`, `version_not_found`,
 * `version_yanked`, `invalid_request`
 */
export function setChannel(
  { db, clock }: { readonly db: RegistryDb; readonly clock: () => number },
  request: SetChannelRequest,
): Promise<Channel[]> {
  const { principal, channel } = request;
  requirePublish(principal);
  if (!CHANNEL_NAME.test(channel)) {
    throw invalid("A channel is a lower-case letter and up to 31 of a-z, 0-9 and -.");
  }
  const at = new Date(clock());
  return db.shared(async (tx) => {
    const extension = await findExtension(tx, request.extension, { lock: "update" });
    const registryId = extension.id;
    await assertMayChange(tx, { principal, publisher: extension.publisher });
    const target = request.version === null ? null : await findOffered(tx, registryId, request.version);
    const set = await tx
      .selectFrom("extension_channel")
      .select(["name", "version_id"])
      .where("registry_id", "=", registryId)
      .execute();
    const before = set.find(({ name }) => name === channel)?.version_id ?? null;
    if (before !== (target?.id ?? null)) {
      if (before === null && set.length >= MAX_CHANNELS) {
        throw invalid(`An extension has at most ${MAX_CHANNELS} channels: remove one first.`);
      }
      await write(tx, { registryId, name: channel, versionId: target?.id ?? null, at });
      await recordRelease(tx, {
        type: target === null ? "channel_unset" : "channel_set",
        actor: principal.userId,
        payload: {
          registryId,
          publisher: extension.publisher,
          name: extension.name,
          channel,
          version: target?.version ?? null,
          versionId: target?.id ?? null,
          fromVersionId: before,
        },
        at,
      });
    }
    return readChannels(tx, registryId);
  });
}

async function findOffered(tx: SharedDb, registryId: string, version: string) {
  const found = await findExactVersion(tx, { registryId, version });
  const yanked = await tx
    .selectFrom("extension_version_state")
    .select("yanked_reason")
    .where("version_id", "=", found.id)
    .where("yanked_at", "is not", null)
    .executeTakeFirst();
  if (yanked === undefined) return found;
  throw new RegistryError("version_yanked", "A yanked version is offered by no channel.", {
    details: { version, reason: yanked.yanked_reason },
  });
}

async function write(
  tx: SharedDb,
  channel: {
    readonly registryId: string;
    readonly name: string;
    readonly versionId: string | null;
    readonly at: Date;
  },
): Promise<void> {
  const { registryId, name, versionId, at } = channel;
  if (versionId === null) {
    await tx
      .deleteFrom("extension_channel")
      .where("registry_id", "=", registryId)
      .where("name", "=", name)
      .execute();
    return;
  }
  const target = { version_id: versionId, set_at: at };
  await tx
    .insertInto("extension_channel")
    .values({ registry_id: registryId, name, ...target })
    .onConflict((conflict) => conflict.columns(["registry_id", "name"]).doUpdateSet(target))
    .execute();
}

function invalid(message: string): RegistryError {
  return new RegistryError("invalid_request", message, { details: { field: "channel" } });
}

import { sql, type RawBuilder } from "kysely";

/** Channels that every extension has. */
export const MOVING_CHANNELS = ["latest", "beta"] as const;

/** What a channel may be called; never what a version looks like. */
export const CHANNEL_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * Id of the version that a moving channel of the extension `registryId` points to by itself: for `latest` the newest
 * release, for `beta` the newest of all; yanked ones do not count. One step in an index, unless many are yanked.
 */
export function newestVersionId(
  registryId: RawBuilder<string>,
  channel: (typeof MOVING_CHANNELS)[number],
): RawBuilder<string | null> {
  return sql<string | null>`(select nv.id from extension_version nv
    where nv.registry_id = ${registryId} ${channel === "latest" ? sql`and not nv.is_prerelease` : sql``}
      and not exists (select from extension_version_state ns where ns.version_id = nv.id and ns.yanked_at is not null)
    order by nv.sort_key desc limit 1)`;
}

/** As {@link newestVersionId}, unless the channel was set by hand. */
export function channelVersionId(
  registryId: RawBuilder<string>,
  channel: (typeof MOVING_CHANNELS)[number],
): RawBuilder<string | null> {
  return sql<string | null>`coalesce((select nc.version_id from extension_channel nc
    where nc.registry_id = ${registryId} and nc.name = ${channel}), ${newestVersionId(registryId, channel)})`;
}

/** Channels that every extension has, and the column with what they point to by themselves. */
export const MOVING_CHANNELS = { latest: "latest_version_id", beta: "newest_version_id" } as const;

/** What a channel may be called; never what a version looks like. */
export const CHANNEL_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** Whether a channel moves by itself while nobody sets it. */
export function isMoving(channel: string): channel is keyof typeof MOVING_CHANNELS {
  return Object.hasOwn(MOVING_CHANNELS, channel);
}

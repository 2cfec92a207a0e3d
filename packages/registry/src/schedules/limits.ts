/** Limits of schedules (contract §12). */
export const SCHEDULE_LIMITS = Object.freeze({
  perInstall: 50,
  endpointLength: 256,
  cronLength: 128,
  timezoneLength: 64,
  nameLength: 128,
  /** Of the payload as JSON, in characters. */
  payloadLength: 100_000,
  lastErrorLength: 4_000,
  /** Creations, changes and deletions by one install in a minute. */
  mutationsPerMinute: 10,
  /** Runs by hand in a tenant in a minute. */
  runsPerMinute: 5,
  /** Attempts at one run: the next tick matters more than the last one. */
  attempts: 3,
});

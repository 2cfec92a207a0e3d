/** Limits of events. */
export const EVENT_LIMITS = Object.freeze({
  idLength: 200,
  topicLength: 200,
  keyLength: 256,
  /** Of the payload as JSON, in characters. */
  payloadLength: 100_000,
  /** Deliveries that one call replays or discards. */
  perCall: 1_000,
  lastErrorLength: 4_000,
});

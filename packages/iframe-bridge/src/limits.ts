/** Fixed ceilings of the bridge; the host enforces every one, whatever the frame does. */
export const BRIDGE_LIMITS = {
  /** Everything of a message except the binary body of a proxied call. */
  controlMessageBytes: 256 * 1024,
  /** Body of one proxied call, either direction. */
  proxyBodyBytes: 10 * 1024 * 1024,
  /** Length of a route or navigation path, in UTF-16 units. */
  pathLength: 4096,
  /** Messages a frame may send in one burst. */
  burstMessages: 256,
  /** Messages per second the burst refills with. */
  messagesPerSecond: 128,
  /** Proxied calls of one frame at the same time. */
  parallelCalls: 32,
  /** Violations after which the host closes the bridge. */
  violations: 512,
  /** `resize` heights are floored and clamped to this range, in CSS pixels. */
  minHeightPx: 100,
  maxHeightPx: 4000,
} as const satisfies Record<string, number>;

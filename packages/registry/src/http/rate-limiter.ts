/** Port: how often one principal may call the routes that are limited. */
export interface RateLimiter {
  /**
   * Take one call of a principal; zero when it passes, else milliseconds until one would.
   *
   * A rejection refuses the call.
   */
  take(principal: string): Promise<number>;
}

/** Options of {@link createWindowLimiter}. */
export interface WindowLimiterOptions {
  /** `EXT_BUNDLES_RATELIMIT_WINDOW_MS`. @default 60000 */
  readonly windowMs?: number;
  /** Calls in one window: `EXT_BUNDLES_RATELIMIT_MAX`. @default 30 */
  readonly max?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}

const MAX_PRINCIPALS = 10_000;

/** Count the calls of each principal in this process; several processes need a limiter that shares its counts. */
export function createWindowLimiter(options: WindowLimiterOptions = {}): RateLimiter {
  const { windowMs = 60_000, max = 30, clock = Date.now } = options;
  if (!(windowMs > 0) || !(max > 0))
    throw new TypeError("A rate limit needs a window and a maximum above zero.");
  const windows = new Map<string, { readonly endsAt: number; count: number }>();
  return {
    async take(principal) {
      const now = clock();
      const current = windows.get(principal);
      if (current !== undefined && now < current.endsAt) {
        current.count++;
        return current.count > max ? current.endsAt - now : 0;
      }
      // The oldest window stands first; when it is not over, forgetting it errs in favour of one caller.
      if (windows.size >= MAX_PRINCIPALS) windows.delete(windows.keys().next().value ?? "");
      windows.delete(principal);
      windows.set(principal, { endsAt: now + windowMs, count: 1 });
      return 0;
    },
  };
}

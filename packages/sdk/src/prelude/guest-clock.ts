/** Time from the host, in ms since the epoch. */
export type Now = () => number;

/**
 * A `Date` that asks the host for the current time; everything else is the engine's own.
 *
 * The engine's clock is a WASI import that the build stubs with traps, so `new Date()` must never reach it.
 */
export function createDateClass(NativeDate: DateConstructor, now: Now): DateConstructor {
  function GuestDate(this: unknown, ...args: number[]): unknown {
    if (new.target === undefined) return new NativeDate(now()).toString();
    return Reflect.construct(NativeDate, args.length === 0 ? [now()] : args, new.target);
  }
  Object.defineProperties(GuestDate, {
    name: { value: "Date" },
    length: { value: 7 },
    prototype: { value: NativeDate.prototype, writable: false },
  });
  Object.assign(GuestDate, { now, parse: NativeDate.parse, UTC: NativeDate.UTC });
  Object.defineProperty(NativeDate.prototype, "constructor", {
    value: GuestDate,
    writable: true,
    configurable: true,
  });
  return GuestDate as unknown as DateConstructor;
}

/** `performance` with `now()` in whole ms: a finer clock is a tool for measuring other tenants. */
export function createPerformance(now: Now): { now(): number; readonly timeOrigin: number } {
  let origin: number | undefined;
  return {
    now() {
      origin ??= now();
      return now() - origin;
    },
    get timeOrigin() {
      origin ??= now();
      return origin;
    },
  };
}

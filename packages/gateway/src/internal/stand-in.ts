/** Asked of a stand-in for what it does not answer itself. */
export const PLAIN = Symbol("plain");

/**
 * Let objects of a class pass for a web-standard one: what the class does not answer itself is asked of the object that
 * its `PLAIN` method makes, which is what costs so much that it is put off until somebody needs it.
 *
 * Only `new Request(standIn)` and `fetch(standIn)` tell the difference, by a `TypeError`: those want a `clone()`.
 */
export function standIn<Standard extends object>(
  made: { readonly prototype: { [PLAIN](): Standard } },
  standard: { readonly prototype: Standard },
): void {
  Object.setPrototypeOf(made.prototype, standard.prototype);
  // Some frameworks put a class of their own before the global one, so all of the chain counts.
  let from: object | null = standard.prototype;
  for (; from !== null && from !== Object.prototype; from = Reflect.getPrototypeOf(from)) {
    for (const key of Reflect.ownKeys(from)) {
      if (Object.hasOwn(made.prototype, key)) continue;
      const { get, value } = Object.getOwnPropertyDescriptor(from, key) as PropertyDescriptor;
      if (key === "constructor" || (get === undefined && typeof value !== "function")) continue;
      Object.defineProperty(made.prototype, key, toDelegate(key, get === undefined));
    }
  }
}

/** By name, because the object may be of another class than the one of the time when modules were loaded. */
function toDelegate(key: PropertyKey, isMethod: boolean): PropertyDescriptor {
  function get(this: { [PLAIN](): object }): unknown {
    return Reflect.get(this[PLAIN](), key);
  }
  function call(this: { [PLAIN](): object }, ...args: unknown[]): unknown {
    const plain = this[PLAIN]();
    return Reflect.apply(Reflect.get(plain, key) as (...args: unknown[]) => unknown, plain, args);
  }
  return isMethod ? { configurable: true, writable: true, value: call } : { configurable: true, get };
}

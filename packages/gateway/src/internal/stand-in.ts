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
  for (const key of Reflect.ownKeys(standard.prototype)) {
    if (Object.hasOwn(made.prototype, key)) continue;
    const { get, value } = Object.getOwnPropertyDescriptor(standard.prototype, key) as PropertyDescriptor;
    const isMethod = typeof value === "function" && key !== "constructor";
    if (get === undefined && !isMethod) continue;
    const ask = get ?? (value as (...args: unknown[]) => unknown);
    function asked(this: { [PLAIN](): Standard }, ...args: unknown[]): unknown {
      return Reflect.apply(ask, this[PLAIN](), args);
    }
    Object.defineProperty(made.prototype, key, {
      configurable: true,
      ...(get === undefined ? { value: asked, writable: true } : { get: asked }),
    });
  }
}

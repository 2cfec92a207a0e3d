const GONE = [
  "process",
  "require",
  "module",
  "exports",
  "__filename",
  "__dirname",
  "gc",
  "fetch",
  "WebSocket",
  "EventSource",
  "navigator",
  "localStorage",
  "sessionStorage",
] as const;

/**
 * Take the easy gadgets out of the cell's main realm: glue that climbs out of its context finds frozen intrinsics
 * and no `process` or `require` on the global object. The wall, not this, is the boundary.
 */
export function hardenRealm(): void {
  for (const name of GONE) Reflect.deleteProperty(globalThis, name);
  const intrinsics: unknown[] = [
    Object,
    Function,
    Array,
    Promise,
    Map,
    Set,
    Uint8Array,
    ArrayBuffer,
    Error,
    RangeError,
    TypeError,
  ];
  for (const intrinsic of intrinsics) {
    Object.freeze((intrinsic as { prototype: object }).prototype);
  }
}

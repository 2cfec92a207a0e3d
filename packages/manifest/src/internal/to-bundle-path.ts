/** A path without leading `./` and `/`, its repeated slashes collapsed. */
export function toBundlePath(path: string): string {
  return isPlain(path, 0) ? path : path.replaceAll(/\/{2,}/g, "/").replace(/^(?:\.?\/)+/, "");
}

/** The same with exactly one leading `/`. */
export function toRoutePath(path: string): string {
  return path.startsWith("/") && isPlain(path, 1) ? path : `/${toBundlePath(path)}`;
}

// Whether there is nothing to take away from this place on: so it is nearly always, and much cheaper to find out.
function isPlain(path: string, from: number): boolean {
  const first = path[from];
  return first !== "/" && first !== "." && !path.includes("//");
}

/** A path without leading `./` and `/`, its repeated slashes collapsed. */
export function toBundlePath(path: string): string {
  return path.replaceAll(/\/{2,}/g, "/").replace(/^(?:\.?\/)+/, "");
}

/** A function of the host as people call it: `storage.get` for `alga:extension/storage#get`. */
export function nameOf(target: string): string {
  return target.replace(/^.*\//, "").replace("#", ".");
}

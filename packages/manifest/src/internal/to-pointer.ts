/** Keys and indexes from the root to a value. */
export type JsonPath = readonly (string | number)[];

/** JSON pointer (RFC 6901) of a path. */
export function toPointer(path: JsonPath): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

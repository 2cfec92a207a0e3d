import { RegistryError } from "../errors.ts";
import { decodeCursor } from "../releases/page.ts";
import { isUuid } from "./is-uuid.ts";
import { isStorableTime } from "./parse-time.ts";

/** Where a page of a list by time ended: the last row returned. */
export interface TimeKey {
  readonly at: Date;
  readonly id: string;
}

/** The key of a row for `toPage`. */
export function toTimeKey({ at, id }: TimeKey): string {
  return `${at.toISOString()} ${id}`;
}

/**
 * The row after which a page starts; null for the first page.
 *
 * @throws {RegistryError} `invalid_request`.
 */
export function decodeTimeCursor(list: string, cursor: string | undefined): TimeKey | null {
  const key = decodeCursor(list, cursor);
  if (key === null) return null;
  const [time = "", id = ""] = key.split(" ");
  const at = new Date(time);
  if (isStorableTime(at) && isUuid(id)) return { at, id };
  throw new RegistryError("invalid_request", "The cursor is not of this list: start again without one.", {
    details: { field: "cursor" },
  });
}

import type { ByteRange } from "../ports.ts";

/**
 * A range that holds at least one byte.
 *
 * @throws {TypeError} when it does not.
 */
export function checkRange(range: ByteRange): ByteRange {
  const { start, end = Number.MAX_SAFE_INTEGER } = range;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end <= start) {
    throw new TypeError("A range begins at a byte and ends behind it.");
  }
  return range;
}

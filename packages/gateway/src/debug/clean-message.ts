/** Bytes of UTF-8 that a message of the debug stream may have (contract §11). */
export const MAX_MESSAGE_BYTES = 8192;

// C0 and C1 controls but tab, line and paragraph separators, and all that changes the direction of text: they forge lines.
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A message as it may be shown: unsafe characters escaped as `\uXXXX`, cut at a character where it is too long. */
export function cleanMessage(message: string): { readonly message: string; readonly truncated: boolean } {
  // No character takes less than a byte, so nothing that is cut here would have been kept.
  const safe = message
    .slice(0, MAX_MESSAGE_BYTES + 1)
    .replace(UNSAFE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
  if (safe.length * 3 <= MAX_MESSAGE_BYTES) return { message: safe.toWellFormed(), truncated: false };
  const target = new Uint8Array(MAX_MESSAGE_BYTES);
  // Stops before a character that does not fit whole.
  const { read } = new TextEncoder().encodeInto(safe, target);
  return { message: safe.slice(0, read).toWellFormed(), truncated: read < safe.length };
}

import type { JsonValue } from "@alga-ext/protocol";

const MAX_BYTES = 16_384;
const MAX_DEPTH = 8;
const HIDDEN = "[hidden]";
const SECRET_NAME =
  /secret|passw|token|credential|authorization|cookie|private.?key|api.?key|access.?key|signature/i;
/** Says something about a secret, not the secret itself. */
const HARMLESS_NAME = /(names?|ids?|count|version)$/i;

/** Details as they may be kept: without values of members named like a secret, and within 16 KiB. */
export function toDetails(details: { readonly [key: string]: JsonValue }): {
  readonly [key: string]: JsonValue;
} {
  const shown = hide(details, 0) as { readonly [key: string]: JsonValue };
  const bytes = Buffer.byteLength(JSON.stringify(shown));
  return bytes <= MAX_BYTES
    ? shown
    : {
        tooLarge: true,
        bytes,
        members: Object.keys(shown)
          .slice(0, 100)
          .map((name) => name.slice(0, 100)),
      };
}

function hide(value: JsonValue, depth: number): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "[deeper]";
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => hide(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value as { readonly [key: string]: JsonValue }).map(([name, member]) => [
      name,
      SECRET_NAME.test(name) && !HARMLESS_NAME.test(name) ? HIDDEN : hide(member, depth + 1),
    ]),
  );
}

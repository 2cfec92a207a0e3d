import { GuestTextDecoder } from "./guest-text-decoder.ts";
import { bytesFromBinary } from "./native-base64.ts";

/** Percent-encode sets of the URL Standard §1.3: what is encoded, as a pattern. */
export const ENCODE_SETS = {
  fragment: /[^\x21\x23-\x3b\x3d\x3f-\x5f\x61-\x7e]/gu,
  query: /[^\x21\x24-\x3b\x3d\x3f-\x7e]/gu,
  specialQuery: /[^\x21\x24-\x26\x28-\x3b\x3d\x3f-\x7e]/gu,
  path: /[^\x21\x24-\x3b\x3d\x40-\x5d\x5f\x61-\x7a\x7c\x7e]/gu,
  userinfo: /[^\x21\x24-\x2e\x30-\x39\x41-\x5a\x5f\x61-\x7a\x7e]/gu,
  form: /[^*\-.\w]/gu,
} as const;

/** Encode every code point of the set as UTF-8 percent triplets. */
export function percentEncode(text: string, set: RegExp): string {
  return text.replace(set, encodePoint);
}

/** Percent-encode a form value: like {@link percentEncode}, with `+` for a space. */
export function formEncode(text: string): string {
  return percentEncode(text, ENCODE_SETS.form).replaceAll("%20", "+");
}

/** Decode a form value; malformed triplets stay as they are, bad UTF-8 becomes U+FFFD. */
export function formDecode(text: string): string {
  return percentDecode(text.replaceAll("+", " "));
}

/** Percent-decode to text; malformed triplets stay as they are, bad UTF-8 becomes U+FFFD. */
export function percentDecode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    const encoded = unescape(encodeURIComponent(text));
    const binary = encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return new GuestTextDecoder("utf-8", { ignoreBOM: true }).decode(bytesFromBinary(binary));
  }
}

function encodePoint(point: string): string {
  const code = point.charCodeAt(0);
  if (code < 0x80) return `%${code < 16 ? "0" : ""}${code.toString(16).toUpperCase()}`;
  return encodeURIComponent(point);
}

import type { JsonValue } from "@alga-ext/protocol";
import type { WireValue } from "../frames/wire-value.ts";

/**
 * A guest's value as JSON: absent options are left out, whole 64-bit numbers become numbers, bytes become
 * `{"_bytes_b64": "…"}`.
 */
export function toJson(value: WireValue): JsonValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint8Array) return { _bytes_b64: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return (value as readonly WireValue[]).map(toJson);
  return typeof value === "object" ? toJsonObject(value as { readonly [key: string]: WireValue }) : value;
}

/** A guest's record as a JSON object. */
export function toJsonObject(value: { readonly [key: string]: WireValue }): { [key: string]: JsonValue } {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined && item !== null)
      .map(([key, item]) => [key, toJson(item)]),
  );
}

/** JSON of the host as a value for a guest; `{"_bytes_b64": "…"}` becomes bytes. */
export function fromJson(value: JsonValue): WireValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(fromJson);
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === "_bytes_b64" && typeof only[1] === "string")
    return Buffer.from(only[1], "base64");
  return Object.fromEntries(entries.map(([key, item]) => [key, fromJson(item)]));
}

import type { ContextHost } from "./context-host.ts";

/** A value as JSON text and one run of bytes. */
export interface Packed {
  readonly json: string;
  readonly bytes: Uint8Array | null;
}

/** Texts above this travel outside the JSON: headers of frames are capped, bodies hardly. */
const LONG_TEXT = 1_024;

/** Split a value into JSON and bytes; `frames/wire-value.ts` is the other end. */
export function packValue(value: unknown, host: ContextHost): Packed {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const keep = (part: Uint8Array): [number, number] => {
    const at = length;
    chunks[chunks.length] = part;
    length += part.length;
    return [at, part.length];
  };
  const walk = (item: unknown): unknown => {
    if (typeof item === "bigint") return { $n: `${item}` };
    if (typeof item === "string" && item.length > LONG_TEXT) {
      const target = new Uint8Array(item.length * 3);
      return { $s: keep(target.subarray(0, host.encodeInto(item, target))) };
    }
    if (typeof item !== "object" || item === null) return item;
    if (item instanceof Uint8Array) return { $b: keep(item) };
    if (Array.isArray(item)) return item.map(walk);
    const out: Record<string, unknown> = {};
    for (const [key, entry] of Object.entries(item)) out[key] = walk(entry);
    return out;
  };
  const json = JSON.stringify(walk(value)) ?? "null";
  if (length === 0) return { json, bytes: null };
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return { json, bytes: only };
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return { json, bytes };
}

/** Put parsed JSON and bytes together again; byte fields are views of `bytes`. */
export function unpackValue(json: unknown, bytes: Uint8Array): unknown {
  if (Array.isArray(json)) return json.map((item) => unpackValue(item, bytes));
  if (typeof json !== "object" || json === null) return json === null ? undefined : json;
  const record = json as { $b?: [number, number]; $n?: string };
  if (record.$b !== undefined) return bytes.subarray(record.$b[0], record.$b[0] + record.$b[1]);
  if (record.$n !== undefined) return BigInt(record.$n);
  const out: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(json)) out[key] = unpackValue(entry, bytes);
  return out;
}

import type { ContextHost } from "./context-host.ts";

/** A value as JSON text and one run of bytes. */
export interface Packed {
  readonly json: string;
  readonly bytes: Uint8Array | null;
}

/** Texts above this travel outside the JSON: headers of frames are capped, bodies hardly. */
const LONG_TEXT = 1_024;

/**
 * Split a value into JSON and bytes; `frames/wire-value.ts` is the other end. The value is used up: glue made it for
 * this, and an object that only changes in a few places costs half of a new one.
 */
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
    return replaceEach(item, walk);
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

/** Put parsed JSON and bytes together again, in its place; byte fields are views of `bytes`. */
export function unpackValue(json: unknown, bytes: Uint8Array): unknown {
  if (typeof json !== "object" || json === null) return json === null ? undefined : json;
  const record = json as { $b?: [number, number]; $n?: string };
  if (record.$b !== undefined) return bytes.subarray(record.$b[0], record.$b[0] + record.$b[1]);
  if (record.$n !== undefined) return BigInt(record.$n);
  return replaceEach(json, (item) => unpackValue(item, bytes));
}

/** Replace what an object or array holds, where that changes it. */
function replaceEach(holder: object, change: (item: unknown) => unknown): object {
  if (Array.isArray(holder)) {
    const list: unknown[] = holder;
    for (let index = 0; index < list.length; index++) list[index] = change(list[index]);
    return list;
  }
  const record = holder as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    const item = record[key];
    const changed = change(item);
    // Most are numbers and short texts, which stay.
    if (changed !== item) record[key] = changed;
  }
  return record;
}

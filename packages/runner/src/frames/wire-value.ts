import type { JsonValue } from "@alga-ext/protocol";
import { FrameViolation } from "./frame.ts";

/** Values that cross between host and guest: WIT values as jco shows them. */
export type WireValue =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  | Uint8Array
  | readonly WireValue[]
  | { readonly [key: string]: WireValue };

const MAX_DEPTH = 32;
/** A guest's records and lists are small; a value of more pieces is meant to fill the supervisor's heap. */
const MAX_NODES = 20_000;
const decoder = new TextDecoder();
const EMPTY = new Uint8Array(0);

/**
 * Split a value into JSON and one run of bytes.
 *
 * `Uint8Array` becomes `{"$b":[offset,length]}` and `bigint` becomes `{"$n":"digits"}`; the cell's context does the
 * same in its own realm (`cell/context-boot.ts`), where long strings become `{"$s":[offset,length]}` too.
 */
export function packValue(value: WireValue): { json: JsonValue; bytes: Uint8Array } {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const encode = (item: WireValue): JsonValue => {
    if (typeof item === "bigint") return { $n: item.toString() };
    if (typeof item !== "object" || item === null) return item ?? null;
    if (item instanceof Uint8Array) {
      const at = length;
      chunks.push(item);
      length += item.length;
      return { $b: [at, item.length] };
    }
    if (Array.isArray(item)) return item.map((entry: WireValue) => encode(entry));
    const out: Record<string, JsonValue> = {};
    for (const key of Object.keys(item)) {
      // No WIT name is this one; assigning it would set the prototype.
      if (key !== "__proto__") out[key] = encode((item as { readonly [key: string]: WireValue })[key]);
    }
    return out;
  };
  const json = encode(value);
  if (length === 0) return { json, bytes: EMPTY };
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

/**
 * Put JSON and bytes from a cell together again; every object has a null prototype.
 *
 * @throws {FrameViolation} when the value nests deeper than 32, has more than 20,000 pieces or points outside the
 * bytes.
 */
export function unpackValue(json: unknown, bytes: Uint8Array): WireValue {
  let nodes = 0;
  let taken = 0;
  // Ranges that overlap would let a small body be decoded thousands of times.
  const slice = (range: unknown): Uint8Array => {
    const part = sliceOf(range, bytes);
    if ((taken += part.length) > bytes.length) throw new FrameViolation("byte ranges overlap");
    return part;
  };
  const decode = (item: unknown, depth: number): WireValue => {
    if (depth > MAX_DEPTH) throw new FrameViolation("value nests too deep");
    if ((nodes += 1) > MAX_NODES) throw new FrameViolation("value has too many pieces");
    if (item === null || typeof item === "string" || typeof item === "number" || typeof item === "boolean")
      return item;
    if (Array.isArray(item)) {
      if (item.length > MAX_NODES) throw new FrameViolation("value has too many pieces");
      return item.map((entry) => decode(entry, depth + 1));
    }
    if (typeof item !== "object") throw new FrameViolation("value of an unknown kind");
    const record = item as Record<string, unknown>;
    if (Object.hasOwn(record, "$b")) return slice(record["$b"]);
    if (Object.hasOwn(record, "$s")) return decoder.decode(slice(record["$s"]));
    if (Object.hasOwn(record, "$n")) return bigintOf(record["$n"]);
    const out: Record<string, WireValue> = Object.create(null) as Record<string, WireValue>;
    for (const key of Object.keys(record)) out[key] = decode(record[key], depth + 1);
    return out;
  };
  return decode(json ?? null, 0);
}

function sliceOf(range: unknown, bytes: Uint8Array): Uint8Array {
  const [at, length] = Array.isArray(range) ? (range as unknown[]) : [];
  if (
    typeof at !== "number" ||
    typeof length !== "number" ||
    !Number.isSafeInteger(at) ||
    !Number.isSafeInteger(length)
  ) {
    throw new FrameViolation("byte range is malformed");
  }
  if (at < 0 || length < 0 || at + length > bytes.length)
    throw new FrameViolation("byte range is outside the body");
  return bytes.subarray(at, at + length);
}

function bigintOf(digits: unknown): bigint {
  if (typeof digits !== "string" || !/^-?[0-9]{1,20}$/.test(digits))
    throw new FrameViolation("integer is malformed");
  return BigInt(digits);
}

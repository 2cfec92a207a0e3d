import { refuseModule, type ByteReader } from "./byte-reader.ts";

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
const FUNCREF = 0x70;
const EXTERNREF = 0x6f;
const KNOWN: ReadonlySet<number> = new Set([I32, I64, F32, F64, V128, FUNCREF, EXTERNREF]);

/**
 * Read a value type.
 *
 * @throws {RunnerError} `component_rejected` for types of proposals the rewriter does not know (typed references, GC)
 */
export function readValueType(reader: ByteReader): number {
  const type = reader.u8();
  if (!KNOWN.has(type)) throw refuseModule(`it uses value type 0x${type.toString(16)}`, "features");
  return type;
}

/** Read an element type of a table; as {@link readValueType}. */
export function readTableType(reader: ByteReader): number {
  const type = reader.u8();
  if (type !== FUNCREF && type !== EXTERNREF)
    throw refuseModule("a table has an unusual element type", "features");
  return type;
}

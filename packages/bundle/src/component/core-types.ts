import type { ByteReader } from "./byte-reader.ts";
import type { Tally } from "./tally.ts";

/** Read one value type of a core module. */
export function readValueType(reader: ByteReader, tally: Tally): void {
  const byte = reader.u8();
  // i32, i64, f32, f64
  if (byte >= 0x7c && byte <= 0x7f) return;
  if (byte === 0x7b) tally.features.add("simd");
  else readReferenceTypeAfter(byte, reader, tally);
}

/** Read one reference type of a core module. */
export function readReferenceType(reader: ByteReader, tally: Tally): void {
  readReferenceTypeAfter(reader.u8(), reader, tally);
}

function readReferenceTypeAfter(byte: number, reader: ByteReader, tally: Tally): void {
  if (byte === 0x63 || byte === 0x64) {
    tally.features.add("function-references");
    readHeapType(reader, tally);
  } else if (!noteAbstractHeapType(byte, tally)) throw reader.malformed("a type is unknown");
}

/** Read a heap type: an abstract one, or a type index. */
export function readHeapType(reader: ByteReader, tally: Tally): void {
  const value = reader.s33();
  if (value < 0 && !noteAbstractHeapType(value + 0x80, tally))
    throw reader.malformed("a heap type is unknown");
}

function noteAbstractHeapType(byte: number, tally: Tally): boolean {
  switch (byte) {
    case 0x70: // func
    case 0x6f: // extern
      return true;
    case 0x69: // exn
    case 0x74: // noexn
      tally.features.add("exceptions");
      return true;
    case 0x68: // cont
    case 0x75: // nocont
      tally.features.add("stack-switching");
      return true;
    case 0x6a: // array
    case 0x6b: // struct
    case 0x6c: // i31
    case 0x6d: // eq
    case 0x6e: // any
    case 0x71: // none
    case 0x72: // noextern
    case 0x73: // nofunc
      tally.features.add("gc");
      return true;
    default:
      return false;
  }
}

/** Read the limits of a memory or table and return its initial size. */
export function readLimits(reader: ByteReader, tally: Tally): number {
  const flags = reader.u8();
  if ((flags & ~0x0f) !== 0) throw reader.malformed("limits have unknown flags");
  if ((flags & 0x02) !== 0) tally.features.add("shared-memory");
  if ((flags & 0x04) !== 0) tally.features.add("memory64");
  const wide = (flags & 0x04) !== 0;
  const initial = wide ? reader.u64() : reader.u32();
  if ((flags & 0x01) !== 0) {
    if (wide) reader.u64();
    else reader.u32();
  }
  if ((flags & 0x08) !== 0) {
    tally.features.add("custom-page-sizes");
    reader.u32();
  }
  return initial;
}

/** Read a table type and return its initial size. */
export function readTableType(reader: ByteReader, tally: Tally): number {
  readReferenceType(reader, tally);
  return readLimits(reader, tally);
}

/** Read a global type. */
export function readGlobalType(reader: ByteReader, tally: Tally): void {
  readValueType(reader, tally);
  const mutability = reader.u8();
  if (mutability > 1) throw reader.malformed("a global's mutability is unknown");
}

/** Read one entry of the type section, which may be a recursion group. */
export function readTypeEntry(reader: ByteReader, tally: Tally): void {
  if (reader.peek() !== 0x4e) return readSubType(reader, tally);
  reader.u8();
  tally.features.add("gc");
  for (let left = reader.count(); left > 0; left--) readSubType(reader, tally);
}

function readSubType(reader: ByteReader, tally: Tally): void {
  let form = reader.u8();
  if (form === 0x50 || form === 0x4f) {
    tally.features.add("gc");
    for (let left = reader.count(); left > 0; left--) reader.u32();
    form = reader.u8();
  }
  switch (form) {
    case 0x60:
      for (let left = reader.count(); left > 0; left--) readValueType(reader, tally);
      for (let left = reader.count(); left > 0; left--) readValueType(reader, tally);
      return;
    case 0x5f:
      tally.features.add("gc");
      for (let left = reader.count(); left > 0; left--) readFieldType(reader, tally);
      return;
    case 0x5e:
      tally.features.add("gc");
      return readFieldType(reader, tally);
    case 0x5d:
      tally.features.add("stack-switching");
      reader.s33();
      return;
    default:
      throw reader.malformed("a type has an unknown form");
  }
}

function readFieldType(reader: ByteReader, tally: Tally): void {
  const byte = reader.peek();
  // i8 and i16 exist only as packed fields.
  if (byte === 0x78 || byte === 0x77) reader.u8();
  else readValueType(reader, tally);
  if (reader.u8() > 1) throw reader.malformed("a field's mutability is unknown");
}

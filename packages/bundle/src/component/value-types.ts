import type { ByteReader } from "./byte-reader.ts";
import { assertComponentName } from "./names.ts";
import { refuseFeature } from "./tally.ts";

/** Read the rest of a value type whose first byte was `form`. */
export function readDefinedValueType(form: number, reader: ByteReader): void {
  switch (form) {
    case 0x72: // record
      return reader.each(() => readLabelled(reader));
    case 0x71: // variant
      return reader.each(() => {
        readLabel(reader);
        readOptional(reader, () => readComponentValueType(reader));
        if (reader.u8() !== 0) throw reader.malformed("a variant case refines another");
      });
    case 0x6f: // tuple
      return reader.each(() => readComponentValueType(reader));
    case 0x6e: // flags
    case 0x6d: // enum
      return reader.each(() => readLabel(reader));
    case 0x70: // list
    case 0x6b: // option
      return readComponentValueType(reader);
    case 0x6a: // result
      readOptional(reader, () => readComponentValueType(reader));
      return readOptional(reader, () => readComponentValueType(reader));
    case 0x69: // own
    case 0x68: // borrow
      reader.u32();
      return;
    case 0x66: // stream
    case 0x65: // future
      throw refuseFeature("component-async");
    default:
      if (!isPrimitive(form)) throw reader.malformed(`a type has the unknown form 0x${form.toString(16)}`);
  }
}

/** Read a value type: a primitive, or the index of a defined one. */
export function readComponentValueType(reader: ByteReader): void {
  const value = reader.s33();
  if (value < 0 && !isPrimitive(value + 0x80)) throw reader.malformed("a value type is unknown");
}

/** bool … char, string, in one range without gaps. */
function isPrimitive(byte: number): boolean {
  return byte >= 0x73 && byte <= 0x7f;
}

/** Read a label and the value type it names. */
export function readLabelled(reader: ByteReader): void {
  readLabel(reader);
  readComponentValueType(reader);
}

function readLabel(reader: ByteReader): void {
  assertComponentName(reader.name());
}

/** Read what a flag says is there or not. */
export function readOptional(reader: ByteReader, read: () => void): void {
  const present = reader.u8();
  if (present === 0x01) read();
  else if (present !== 0x00) throw reader.malformed("an option is neither present nor absent");
}

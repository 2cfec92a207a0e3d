import type { ByteReader } from "./byte-reader.ts";
import { readHeapType } from "./core-types.ts";
import { readBlockType, readMemoryArgument } from "./immediates.ts";
import { refuseFeature, type Tally } from "./tally.ts";

/**
 * Step over an instruction of a proposal that the sandbox does not allow; all but stack switching can be read past.
 *
 * @throws {BundleError} `malformed_component`, or `unsupported_feature` for stack switching
 */
export function readProposal(opcode: number, reader: ByteReader, tally: Tally): void {
  switch (opcode) {
    case 0x06: // try
      tally.features.add("exceptions");
      return readBlockType(reader, tally);
    case 0x07: // catch
    case 0x08: // throw
    case 0x09: // rethrow
    case 0x18: // delegate
      tally.features.add("exceptions");
      reader.u32();
      return;
    case 0x0a: // throw_ref
    case 0x19: // catch_all
      tally.features.add("exceptions");
      return;
    case 0x1f: // try_table
      tally.features.add("exceptions");
      readBlockType(reader, tally);
      for (let left = reader.count(); left > 0; left--) {
        const kind = reader.u8();
        if (kind > 3) throw reader.malformed("a catch clause is unknown");
        if (kind < 2) reader.u32();
        reader.u32();
      }
      return;
    case 0x12: // return_call
      tally.features.add("tail-calls");
      reader.u32();
      return;
    case 0x13: // return_call_indirect
      tally.features.add("tail-calls");
      reader.u32();
      reader.u32();
      return;
    case 0x15: // return_call_ref
      tally.features.add("tail-calls").add("function-references");
      reader.u32();
      return;
    case 0x14: // call_ref
    case 0xd5: // br_on_null
    case 0xd6: // br_on_non_null
      tally.features.add("function-references");
      reader.u32();
      return;
    case 0xd3: // ref.eq
      tally.features.add("gc");
      return;
    case 0xd4: // ref.as_non_null
      tally.features.add("function-references");
      return;
    case 0xfb:
      return readGc(reader, tally);
    case 0xfe:
      return readAtomic(reader, tally);
    default:
      if (opcode >= 0xe0 && opcode <= 0xe6) throw refuseFeature("stack-switching");
      throw reader.malformed(`opcode 0x${opcode.toString(16)} is unknown`);
  }
}

function readAtomic(reader: ByteReader, tally: Tally): void {
  const sub = reader.u32();
  tally.features.add("atomics");
  if (sub === 3) {
    if (reader.u8() !== 0) throw reader.malformed("a fence has an unknown flag");
  } else if (sub <= 2 || (sub >= 0x10 && sub <= 0x4e)) readMemoryArgument(reader, tally);
  else throw reader.malformed(`opcode 0xfe ${sub} is unknown`);
}

/** Immediates of the 0xfb family: `i` an index, `h` a heap type, `c` cast flags. */
const GC_IMMEDIATES = [
  "i",
  "i",
  "ii",
  "ii",
  "ii",
  "ii", // struct.*
  "i",
  "i",
  "ii",
  "ii",
  "ii",
  "i",
  "i",
  "i",
  "i",
  "",
  "i",
  "ii",
  "ii",
  "ii", // array.*
  "h",
  "h",
  "h",
  "h",
  "cihh",
  "cihh", // ref.test, ref.cast, br_on_cast
  "",
  "",
  "",
  "",
  "", // conversions and i31
] as const;

function readGc(reader: ByteReader, tally: Tally): void {
  const sub = reader.u32();
  tally.features.add("gc");
  const immediates = GC_IMMEDIATES[sub];
  if (immediates === undefined) throw reader.malformed(`opcode 0xfb ${sub} is unknown`);
  for (const kind of immediates) {
    if (kind === "i") reader.u32();
    else if (kind === "h") readHeapType(reader, tally);
    else reader.u8();
  }
}

import type { ByteReader } from "./byte-reader.ts";
import { readHeapType, readValueType } from "./core-types.ts";
import { readBlockType, readMemoryArgument, readMemoryIndex } from "./immediates.ts";
import { readProposal } from "./proposal-instruction.ts";
import type { Tally } from "./tally.ts";

/** The opcode that closes a block, a body or a constant expression. */
export const END = 0x0b;

/**
 * Step over one instruction with its immediates, note the features it needs, and return its opcode.
 *
 * An opcode this table does not know is refused: reading on would mean guessing where the next one starts.
 *
 * @throws {BundleError} `malformed_component`, or `unsupported_feature` for stack switching
 */
export function readInstruction(reader: ByteReader, tally: Tally): number {
  const opcode = reader.u8();
  if (opcode >= 0x28 && opcode <= 0x3e) readMemoryArgument(reader, tally);
  else if (opcode >= 0x45 && opcode <= 0xc4) return opcode;
  else readRare(opcode, reader, tally);
  return opcode;
}

function readRare(opcode: number, reader: ByteReader, tally: Tally): void {
  switch (opcode) {
    case 0x00: // unreachable
    case 0x01: // nop
    case 0x05: // else
    case END:
    case 0x0f: // return
    case 0x1a: // drop
    case 0x1b: // select
    case 0xd1: // ref.is_null
      return;
    case 0x02: // block
    case 0x03: // loop
    case 0x04: // if
      return readBlockType(reader, tally);
    case 0x0c: // br
    case 0x0d: // br_if
    case 0x10: // call
    case 0x20: // local.get
    case 0x21:
    case 0x22:
    case 0x23: // global.get
    case 0x24:
    case 0x25: // table.get
    case 0x26:
    case 0xd2: // ref.func
      reader.u32();
      return;
    case 0x0e: // br_table
      for (let left = reader.count(); left >= 0; left--) reader.u32();
      return;
    case 0x11: // call_indirect
      reader.u32();
      reader.u32();
      return;
    case 0x1c: // select with types
      for (let left = reader.count(); left > 0; left--) readValueType(reader, tally);
      return;
    case 0x3f: // memory.size
    case 0x40: // memory.grow
      return readMemoryIndex(reader, tally);
    case 0x41:
      return reader.skipSigned(32);
    case 0x42:
      return reader.skipSigned(64);
    case 0x43:
      return reader.skip(4);
    case 0x44:
      return reader.skip(8);
    case 0xd0: // ref.null
      return readHeapType(reader, tally);
    case 0xfc:
      return readBulk(reader, tally);
    case 0xfd:
      return readVector(reader, tally);
    default:
      readProposal(opcode, reader, tally);
  }
}

function readBulk(reader: ByteReader, tally: Tally): void {
  const sub = reader.u32();
  if (sub <= 7) return;
  switch (sub) {
    case 8: // memory.init
      reader.u32();
      return readMemoryIndex(reader, tally);
    case 10: // memory.copy
      readMemoryIndex(reader, tally);
      return readMemoryIndex(reader, tally);
    case 11: // memory.fill
      return readMemoryIndex(reader, tally);
    case 12: // table.init
    case 14: // table.copy
      reader.u32();
      reader.u32();
      return;
    case 9: // data.drop
    case 13: // elem.drop
    case 15: // table.grow
    case 16:
    case 17:
      reader.u32();
      return;
    case 19: // i64.add128
    case 20:
    case 21:
    case 22:
      tally.features.add("wide-arithmetic");
      return;
    default:
      throw reader.malformed(`opcode 0xfc ${sub} is unknown`);
  }
}

function readVector(reader: ByteReader, tally: Tally): void {
  const sub = reader.u32();
  tally.features.add("simd");
  if (sub <= 11 || sub === 92 || sub === 93) readMemoryArgument(reader, tally);
  else if (sub === 12 || sub === 13) reader.skip(16);
  else if (sub >= 21 && sub <= 34) reader.u8();
  else if (sub >= 84 && sub <= 91) {
    readMemoryArgument(reader, tally);
    reader.u8();
  } else if (sub >= 0x100 && sub <= 0x113) tally.features.add("relaxed-simd");
  else if (sub > 0xff) throw reader.malformed(`opcode 0xfd ${sub} is unknown`);
}

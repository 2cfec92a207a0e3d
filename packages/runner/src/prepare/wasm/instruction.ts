import { refuseModule, type ByteReader } from "./byte-reader.ts";
import { F32, F64, I32, I64, readTableType, readValueType, V128 } from "./value-type.ts";

/** Opcodes that transformations look for or write. */
export const OP = {
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  tableSet: 0x26,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Store8: 0x3a,
  i32Const: 0x41,
  select: 0x1b,
  i32LtS: 0x48,
  i32LtU: 0x49,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Shl: 0x74,
  i32ShrU: 0x76,
  refIsNull: 0xd1,
  bulk: 0xfc,
} as const;

/** Second opcodes after {@link OP}.bulk. */
export const BULK = {
  memoryInit: 8,
  dataDrop: 9,
  memoryCopy: 10,
  memoryFill: 11,
  tableInit: 12,
  elemDrop: 13,
  tableCopy: 14,
  tableGrow: 15,
  tableFill: 17,
} as const;

const SIMD = 0xfd;
const EMPTY_BLOCK = 0x40;
const MULTI_MEMORY = 0x40;

/** One instruction: its opcode, the second opcode of prefixed ones, and the offset of those that address memory. */
export interface Instruction {
  opcode: number;
  second: number;
  offset: number;
}

/** Types of what `i32.store` to `i64.store32` store, from {@link FIRST_STORE} on. */
const STORED: readonly number[] = [I32, I64, F32, F64, I32, I32, I64, I64, I64];
const FIRST_STORE = 0x36;
const V128_STORE = 11;
const FIRST_LANE_STORE = 88;
const LAST_LANE_STORE = 91;

/** Type of the value that an instruction stores at one address; null when it does not. Longest is 16 bytes. */
export function storedType({ opcode, second }: Instruction): number | null {
  if (opcode === SIMD)
    return second === V128_STORE || (second >= FIRST_LANE_STORE && second <= LAST_LANE_STORE) ? V128 : null;
  return STORED[opcode - FIRST_STORE] ?? null;
}

/**
 * Read one instruction with its immediates into `into`.
 *
 * Knows WebAssembly 2.0: everything else (tail calls, exceptions, threads, GC, relaxed SIMD, several memories) is
 * refused.
 *
 * @throws {RunnerError} `component_rejected`
 */
export function readInstruction(reader: ByteReader, into: Instruction): void {
  const opcode = reader.u8();
  into.opcode = opcode;
  into.second = 0;
  if (opcode >= 0x45 && opcode <= 0xc4) return;
  if (opcode >= 0x28 && opcode <= 0x3e) {
    into.offset = readMemoryArgument(reader);
    return;
  }
  switch (opcode) {
    case 0x00: // unreachable
    case 0x01: // nop
    case OP.else:
    case OP.end:
    case OP.return:
    case 0x1a: // drop
    case 0x1b: // select
    case OP.refIsNull:
      return;
    case 0x02: // block
    case OP.loop:
    case OP.if:
      skipBlockType(reader);
      return;
    case 0x0c: // br
    case 0x0d: // br_if
    case OP.call:
    case OP.localGet:
    case 0x21: // local.set
    case 0x22: // local.tee
    case OP.globalGet:
    case OP.globalSet:
    case OP.tableGet:
    case OP.tableSet:
    case 0xd2: // ref.func
      reader.u32();
      return;
    case OP.i32Const:
    case 0x42: // i64.const
      reader.skipLeb();
      return;
    case 0x0e: // br_table
      for (let left = reader.u32() + 1; left > 0; left--) reader.u32();
      return;
    case OP.callIndirect:
      reader.u32();
      reader.u32();
      return;
    case 0x1c: // select with types
      for (let left = reader.u32(); left > 0; left--) readValueType(reader);
      return;
    case OP.memorySize:
    case OP.memoryGrow:
      requireFirstMemory(reader);
      return;
    case 0x43: // f32.const
      reader.skip(4);
      return;
    case 0x44: // f64.const
      reader.skip(8);
      return;
    case 0xd0: // ref.null
      readTableType(reader);
      return;
    case OP.bulk:
      into.second = reader.u32();
      readBulk(reader, into.second);
      return;
    case SIMD:
      into.second = reader.u32();
      readSimd(reader, into);
      return;
    default:
      throw unknown(opcode);
  }
}

/** Pass an initialiser. */
export function skipConstantExpression(reader: ByteReader): void {
  const instruction: Instruction = { opcode: 0, second: 0, offset: 0 };
  do readInstruction(reader, instruction);
  while (instruction.opcode !== OP.end);
}

function readBulk(reader: ByteReader, second: number): void {
  if (second <= 7) return; // saturating truncations
  switch (second) {
    case 8: // memory.init
      reader.u32();
      requireFirstMemory(reader);
      return;
    case BULK.memoryCopy:
      requireFirstMemory(reader);
      requireFirstMemory(reader);
      return;
    case BULK.memoryFill:
      requireFirstMemory(reader);
      return;
    case BULK.tableInit:
    case BULK.tableCopy:
      reader.u32();
      reader.u32();
      return;
    case BULK.dataDrop:
    case BULK.elemDrop:
    case BULK.tableGrow:
    case 16: // table.size
    case BULK.tableFill:
      reader.u32();
      return;
    default:
      throw unknown(OP.bulk, second);
  }
}

function readSimd(reader: ByteReader, into: Instruction): void {
  const { second } = into;
  if (second > 0xff) throw unknown(SIMD, second);
  if (second <= 11 || second === 92 || second === 93) into.offset = readMemoryArgument(reader);
  else if (second === 12 || second === 13) reader.skip(16); // v128.const, i8x16.shuffle
  else if (second >= 21 && second <= 34) reader.skip(1); // lanes
  else if (second >= 84 && second <= 91) {
    into.offset = readMemoryArgument(reader);
    reader.skip(1);
  }
}

function readMemoryArgument(reader: ByteReader): number {
  if (reader.u32() >= MULTI_MEMORY) throw refuseModule("it addresses another memory", "features");
  return reader.u32();
}

function requireFirstMemory(reader: ByteReader): void {
  if (reader.u8() !== 0) throw refuseModule("it addresses another memory", "features");
}

function skipBlockType(reader: ByteReader): void {
  const first = reader.bytes[reader.at] ?? 0;
  // A positive number is a type index; single bytes from 0x40 on are "empty" and value types.
  if (first === EMPTY_BLOCK) reader.skip(1);
  else if (first > EMPTY_BLOCK && first < 0x80) readValueType(reader);
  else reader.skipLeb();
}

function unknown(opcode: number, second?: number): Error {
  const name = `0x${opcode.toString(16)}${second === undefined ? "" : ` ${second}`}`;
  return refuseModule(`it uses instruction ${name}, which no allowed feature has`, "features");
}

import type { ByteReader } from "./byte-reader.ts";
import {
  readGlobalType,
  readLimits,
  readReferenceType,
  readTableType,
  readTypeEntry,
  readValueType,
} from "./core-types.ts";
import { END, readInstruction } from "./instruction.ts";
import { assertCoreName } from "./names.ts";
import type { Tally } from "./tally.ts";

/** What one module declares so far; the code section is checked against it. */
export interface ModuleState {
  readonly tally: Tally;
  memories: number;
  functions: number;
  bodies: number;
}

type SectionReader = (reader: ByteReader, state: ModuleState) => void;

/** Readers of the known sections, by id. */
export const CORE_SECTIONS: ReadonlyMap<number, SectionReader> = new Map<number, SectionReader>([
  [1, (reader, { tally }) => reader.each(() => readTypeEntry(reader, tally))],
  [2, readImports],
  [3, readFunctions],
  [4, readTables],
  [5, readMemories],
  [6, readGlobals],
  [7, readExports],
  [8, (reader) => void reader.u32()],
  [9, readElements],
  [10, readCode],
  [11, readData],
  [12, (reader) => void reader.u32()],
  [13, readTags],
]);

/** Read a vector and return its length. */
function countEach(reader: ByteReader, read: () => void): number {
  let count = 0;
  reader.each(() => {
    count++;
    read();
  });
  return count;
}

function readImports(reader: ByteReader, state: ModuleState): void {
  const { tally } = state;
  const seen = new Set<string>();
  reader.each(() => {
    const module = reader.name();
    const field = reader.name();
    assertCoreName(module, "import");
    assertCoreName(field, "import");
    // A space cannot occur in either name.
    const pair = `${module} ${field}`;
    if (seen.has(pair)) throw reader.malformed("an import appears twice");
    seen.add(pair);
    const kind = reader.u8();
    if (kind === 0) reader.u32();
    else if (kind === 1) readTableType(reader, tally);
    else if (kind === 2) {
      state.memories++;
      readLimits(reader, tally);
    } else if (kind === 3) readGlobalType(reader, tally);
    else if (kind === 4) readTag(reader, tally);
    else throw reader.malformed("an import has an unknown kind");
  });
}

function readFunctions(reader: ByteReader, state: ModuleState): void {
  state.functions = countEach(reader, () => void reader.u32());
  state.tally.functions += state.functions;
  state.tally.within("maxFunctions", state.tally.functions);
}

function readTables(reader: ByteReader, { tally }: ModuleState): void {
  const tables = countEach(reader, () => {
    const initialised = reader.peek() === 0x40;
    if (initialised) {
      reader.u8();
      if (reader.u8() !== 0) throw reader.malformed("a table has an unknown form");
    }
    tally.tableElements += readTableType(reader, tally);
    tally.within("maxTableElements", tally.tableElements);
    if (initialised) readConstant(reader, tally);
  });
  tally.within("maxTables", tables);
}

function readMemories(reader: ByteReader, state: ModuleState): void {
  state.memories += countEach(reader, () => void readLimits(reader, state.tally));
}

function readGlobals(reader: ByteReader, { tally }: ModuleState): void {
  reader.each(() => {
    readGlobalType(reader, tally);
    readConstant(reader, tally);
  });
}

function readExports(reader: ByteReader): void {
  const seen = new Set<string>();
  reader.each(() => {
    const name = reader.name();
    assertCoreName(name, "export");
    if (seen.has(name)) throw reader.malformed("an export appears twice");
    seen.add(name);
    if (reader.u8() > 4) throw reader.malformed("an export has an unknown kind");
    reader.u32();
  });
}

/** Bit 0: passive or declarative; bit 1: explicit table, or declarative; bit 2: expressions instead of indices. */
function readElements(reader: ByteReader, { tally }: ModuleState): void {
  reader.each(() => {
    const flags = reader.u32();
    if (flags > 7) throw reader.malformed("an element segment is unknown");
    const active = (flags & 1) === 0;
    const expressions = (flags & 4) !== 0;
    if (active && (flags & 2) !== 0) reader.u32();
    if (active) readConstant(reader, tally);
    if ((flags & 3) !== 0) {
      if (expressions) readReferenceType(reader, tally);
      else if (reader.u8() !== 0) throw reader.malformed("an element kind is unknown");
    }
    reader.each(() => {
      if (expressions) readConstant(reader, tally);
      else reader.u32();
    });
  });
}

function readData(reader: ByteReader, { tally }: ModuleState): void {
  reader.each(() => {
    const flags = reader.u32();
    if (flags > 2) throw reader.malformed("a data segment is unknown");
    if (flags === 2 && reader.u32() !== 0) tally.features.add("multi-memory");
    if (flags !== 1) readConstant(reader, tally);
    reader.skip(reader.u32());
  });
}

function readTags(reader: ByteReader, { tally }: ModuleState): void {
  reader.each(() => readTag(reader, tally));
}

function readTag(reader: ByteReader, tally: Tally): void {
  tally.features.add("exceptions");
  if (reader.u8() !== 0) throw reader.malformed("a tag has an unknown attribute");
  reader.u32();
}

function readCode(reader: ByteReader, state: ModuleState): void {
  const { tally } = state;
  state.bodies = countEach(reader, () => {
    const size = reader.u32();
    tally.within("maxBodyBytes", size);
    readBody(reader.section(size), tally);
  });
}

function readBody(body: ByteReader, tally: Tally): void {
  let locals = 0;
  body.each(() => {
    locals += body.u32();
    readValueType(body, tally);
    tally.within("maxLocals", locals);
  });
  let last = -1;
  while (!body.isDone) last = readInstruction(body, tally);
  if (last !== END) throw body.malformed("a function body does not end");
}

/** Instructions a constant expression may hold besides those of the gc proposal. */
const CONSTANT = new Set([
  0x23, 0x41, 0x42, 0x43, 0x44, 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e, 0xd0, 0xd2, 0xfb, 0xfd,
]);

function readConstant(reader: ByteReader, tally: Tally): void {
  while (reader.peek() !== END) {
    if (!CONSTANT.has(reader.peek())) throw reader.malformed("an expression is not constant");
    readInstruction(reader, tally);
  }
  reader.u8();
}

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

/** Order of the sections of a core module, by id: the tag section comes before globals, data count before code. */
const ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11] as const;

/** What one module declares so far; the code section is checked against it. */
interface ModuleState {
  readonly tally: Tally;
  memories: number;
  tables: number;
  functions: number;
  bodies: number;
}

type SectionReader = (reader: ByteReader, state: ModuleState) => void;

const SECTIONS: ReadonlyMap<number, SectionReader> = new Map<number, SectionReader>([
  [1, (reader, { tally }) => each(reader, () => readTypeEntry(reader, tally))],
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

/**
 * Read a whole core module whose preamble was already read.
 *
 * @throws {BundleError} `malformed_component`, `bad_core_name`, `component_limit`, `unsupported_feature`
 */
export function readCoreModule(reader: ByteReader, tally: Tally): void {
  tally.within("maxCoreModules", ++tally.coreModules);
  const state: ModuleState = { tally, memories: 0, tables: 0, functions: 0, bodies: 0 };
  let position = -1;
  while (!reader.isDone) {
    const id = reader.u8();
    const section = reader.section(reader.u32());
    if (id === 0) {
      section.name();
      continue;
    }
    const read = SECTIONS.get(id);
    if (read === undefined) throw reader.malformed(`core section ${id} is unknown`);
    const next = ORDER.findIndex((known) => known === id);
    if (next <= position) throw reader.malformed(`core section ${id} is out of order or repeated`);
    position = next;
    read(section, state);
    section.assertDone(`core section ${id}`);
  }
  if (state.functions !== state.bodies) throw reader.malformed("functions and bodies differ in number");
  if (state.memories > 1) tally.features.add("multi-memory");
}

/** Read a vector and return its length. */
function each(reader: ByteReader, read: () => void): number {
  const count = reader.count();
  for (let left = count; left > 0; left--) read();
  return count;
}

function readImports(reader: ByteReader, state: ModuleState): void {
  const { tally } = state;
  const seen = new Set<string>();
  each(reader, () => {
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
  state.functions = each(reader, () => void reader.u32());
  state.tally.functions += state.functions;
  state.tally.within("maxFunctions", state.tally.functions);
}

function readTables(reader: ByteReader, { tally }: ModuleState): void {
  const tables = each(reader, () => {
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
  state.memories += each(reader, () => void readLimits(reader, state.tally));
}

function readGlobals(reader: ByteReader, { tally }: ModuleState): void {
  each(reader, () => {
    readGlobalType(reader, tally);
    readConstant(reader, tally);
  });
}

function readExports(reader: ByteReader): void {
  const seen = new Set<string>();
  each(reader, () => {
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
  each(reader, () => {
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
    each(reader, () => {
      if (expressions) readConstant(reader, tally);
      else reader.u32();
    });
  });
}

function readData(reader: ByteReader, { tally }: ModuleState): void {
  each(reader, () => {
    const flags = reader.u32();
    if (flags > 2) throw reader.malformed("a data segment is unknown");
    if (flags === 2 && reader.u32() !== 0) tally.features.add("multi-memory");
    if (flags !== 1) readConstant(reader, tally);
    reader.skip(reader.u32());
  });
}

function readTags(reader: ByteReader, { tally }: ModuleState): void {
  each(reader, () => readTag(reader, tally));
}

function readTag(reader: ByteReader, tally: Tally): void {
  tally.features.add("exceptions");
  if (reader.u8() !== 0) throw reader.malformed("a tag has an unknown attribute");
  reader.u32();
}

function readCode(reader: ByteReader, state: ModuleState): void {
  const { tally } = state;
  state.bodies = each(reader, () => {
    const size = reader.u32();
    tally.within("maxBodyBytes", size);
    readBody(reader.section(size), tally);
  });
}

function readBody(body: ByteReader, tally: Tally): void {
  let locals = 0;
  each(body, () => {
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

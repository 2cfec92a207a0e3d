import { ByteReader, refuseModule } from "./byte-reader.ts";
import { join, leb, nameBytes } from "./bytes.ts";
import { skipConstantExpression } from "./instruction.ts";
import { readTableType, readValueType } from "./value-type.ts";

/** Ids of the sections that are read or written here. */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  dataCount: 12,
  code: 10,
  data: 11,
} as const;
/** The order sections must come in. */
const ORDER: readonly number[] = Object.values(SECTION);

/** Kinds of imports and exports. */
export const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;

/** A core module taken apart; transformations replace section bodies and append to the ends of index spaces. */
export interface CoreModule {
  readonly sections: { readonly id: number; body: Uint8Array }[];
  /** How many of each kind it imports: these come first in each index space. */
  readonly imported: { functions: number; tables: number; memories: number; globals: number };
  /** Module names of its imports. */
  readonly importsFrom: ReadonlySet<string>;
  /** Globals it defines itself, in order. */
  readonly globals: { readonly type: number; readonly isMutable: boolean }[];
}

const PREAMBLE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
const FUNCTION_TYPE = 0x60;

/**
 * Take a core module apart.
 *
 * @throws {RunnerError} `component_rejected` on malformed input, and on every type, section or import kind of a
 * proposal that is not known here: what is not understood is never passed through
 */
export function parseCoreModule(bytes: Uint8Array): CoreModule {
  if (PREAMBLE.some((byte, at) => bytes[at] !== byte))
    throw refuseModule("it is no core module", "malformed");
  const importsFrom = new Set<string>();
  const module: CoreModule = {
    sections: [],
    importsFrom,
    imported: { functions: 0, tables: 0, memories: 0, globals: 0 },
    globals: [],
  };
  const reader = new ByteReader(bytes, PREAMBLE.length);
  let last = 0;
  while (reader.at < reader.end) {
    const id = reader.u8();
    const body = reader.take(reader.u32());
    if (id !== SECTION.custom) {
      const place = ORDER.indexOf(id);
      if (place < 0) throw refuseModule(`it has a section ${id}`, "features");
      if (place <= last) throw refuseModule("its sections are out of order", "malformed");
      last = place;
    }
    module.sections.push({ id, body });
    readSection(module, id, body, importsFrom);
  }
  if (module.imported.memories + countOf(module, SECTION.memory) > 1)
    throw refuseModule("it has more than one memory", "features");
  return module;
}

/** Put a module together again. */
export function encodeCoreModule(module: CoreModule): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [PREAMBLE];
  for (const { id, body } of module.sections) parts.push(Uint8Array.of(id), leb(body.length), body);
  return join(parts);
}

/** How many entries a section has; 0 without the section. */
export function countOf(module: CoreModule, id: number): number {
  const section = module.sections.find((one) => one.id === id);
  return section === undefined ? 0 : new ByteReader(section.body).u32();
}

/** Append entries to a section, made where it belongs if absent; answers how many entries came before. */
export function append(module: CoreModule, id: number, entries: readonly Uint8Array[]): number {
  let section = module.sections.find((one) => one.id === id);
  if (section === undefined) {
    section = { id, body: leb(0) };
    const place = ORDER.indexOf(id);
    const next = module.sections.findIndex(
      (one) => one.id !== SECTION.custom && ORDER.indexOf(one.id) > place,
    );
    module.sections.splice(next < 0 ? module.sections.length : next, 0, section);
  }
  const reader = new ByteReader(section.body);
  const count = reader.u32();
  section.body = join([leb(count + entries.length), section.body.subarray(reader.at), ...entries]);
  return count;
}

/** Index the next defined function will get. */
export function nextFunction(module: CoreModule): number {
  return module.imported.functions + countOf(module, SECTION.function);
}

/** How many parameters each defined function has, in order. */
export function functionParameters(module: CoreModule): readonly number[] {
  const types = module.sections.find(({ id }) => id === SECTION.type);
  const functions = module.sections.find(({ id }) => id === SECTION.function);
  if (types === undefined || functions === undefined) return [];
  const reader = new ByteReader(types.body);
  const counts = Array.from({ length: reader.u32() }, () => readFunctionType(reader));
  const uses = new ByteReader(functions.body);
  return Array.from({ length: uses.u32() }, () => {
    const count = counts[uses.u32()];
    if (count === undefined) throw refuseModule("a function has a type that is not there", "malformed");
    return count;
  });
}

/** Append a function of a type; `body` is its locals and instructions. Answers its index. */
export function appendFunction(module: CoreModule, type: number, body: Uint8Array): number {
  append(module, SECTION.code, [join([leb(body.length), body])]);
  return module.imported.functions + append(module, SECTION.function, [leb(type)]);
}

/** Append an export under a name that no toolchain uses. */
export function appendExport(module: CoreModule, name: string, kind: number, index: number): void {
  append(module, SECTION.export, [join([nameBytes(name), Uint8Array.of(kind), leb(index)])]);
}

function readSection(module: CoreModule, id: number, body: Uint8Array, importsFrom: Set<string>): void {
  const reader = new ByteReader(body);
  switch (id) {
    case SECTION.type:
      for (let left = reader.u32(); left > 0; left--) readFunctionType(reader);
      break;
    case SECTION.import:
      for (let left = reader.u32(); left > 0; left--) readImport(module, reader, importsFrom);
      break;
    case SECTION.global:
      for (let left = reader.u32(); left > 0; left--) {
        module.globals.push({ type: readValueType(reader), isMutable: reader.u8() === 1 });
        skipConstantExpression(reader);
      }
      break;
    default:
      return;
  }
  if (reader.at !== reader.end) throw refuseModule("a section has bytes left over", "malformed");
}

/** Answers how many parameters it has. */
function readFunctionType(reader: ByteReader): number {
  if (reader.u8() !== FUNCTION_TYPE) throw refuseModule("it has a type that is no function", "features");
  const parameters = reader.u32();
  for (let left = parameters; left > 0; left--) readValueType(reader);
  for (let left = reader.u32(); left > 0; left--) readValueType(reader);
  return parameters;
}

function readImport(module: CoreModule, reader: ByteReader, importsFrom: Set<string>): void {
  importsFrom.add(reader.name());
  reader.name();
  const kind = reader.u8();
  switch (kind) {
    case KIND.function:
      reader.u32();
      module.imported.functions += 1;
      return;
    case KIND.table:
      readTableType(reader);
      skipLimits(reader);
      module.imported.tables += 1;
      return;
    case KIND.memory:
      skipLimits(reader);
      module.imported.memories += 1;
      return;
    case KIND.global:
      readValueType(reader);
      reader.u8();
      module.imported.globals += 1;
      return;
    default:
      throw refuseModule(`it imports something of kind ${kind}`, "features");
  }
}

function skipLimits(reader: ByteReader): void {
  const flags = reader.u8();
  if (flags > 1) throw refuseModule("it imports a shared or 64-bit memory or table", "features");
  reader.u32();
  if (flags === 1) reader.u32();
}

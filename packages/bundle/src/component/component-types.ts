import type { ByteReader } from "./byte-reader.ts";
import { assertComponentName } from "./names.ts";
import { refuseFeature, type Tally } from "./tally.ts";

/** Names of the functions an instance type exports; null for every other type. */
export type TypeEntry = readonly string[] | null;

/** What an import or export is. */
export interface ExternDescription {
  readonly sort: "function" | "type" | "instance";
  /** Functions of an instance. */
  readonly functions: readonly string[];
}

/** Deeper nesting of types than any real interface has; keeps recursion off the stack limit. */
const MAX_TYPE_DEPTH = 32;

/** Read one type definition of a component. */
export function readTypeDefinition(
  reader: ByteReader,
  tally: Tally,
  types: readonly TypeEntry[],
  depth = 0,
): TypeEntry {
  if (depth > MAX_TYPE_DEPTH) throw reader.malformed("types are nested too deep");
  const form = reader.u8();
  switch (form) {
    case 0x40:
      readFunctionType(reader);
      return null;
    case 0x43:
      throw refuseFeature("component-async");
    case 0x41:
      throw refuseFeature("component-linking");
    case 0x42:
      return readInstanceType(reader, tally, types, depth);
    case 0x3f:
      readResourceType(reader);
      return null;
    case 0x3e:
      throw refuseFeature("component-async");
    default:
      readDefinedValueType(form, reader);
      return null;
  }
}

function readFunctionType(reader: ByteReader): void {
  each(reader, () => readLabelled(reader));
  const result = reader.u8();
  if (result === 0x00) readComponentValueType(reader);
  else if (result !== 0x01 || reader.u8() !== 0x00)
    throw reader.malformed("a result list has an unknown form");
}

function readResourceType(reader: ByteReader): void {
  if (reader.u8() !== 0x7f) throw reader.malformed("a resource has an unknown representation");
  readOptional(reader, () => void reader.u32());
}

function readInstanceType(
  reader: ByteReader,
  tally: Tally,
  outer: readonly TypeEntry[],
  depth: number,
): readonly string[] {
  const types: TypeEntry[] = [];
  const functions: string[] = [];
  const seen = new Set<string>();
  each(reader, () => {
    const kind = reader.u8();
    if (kind === 0x01) types.push(readTypeDefinition(reader, tally, types, depth + 1));
    else if (kind === 0x02) types.push(readTypeAlias(reader, outer));
    else if (kind === 0x04) {
      const name = readExternName(reader);
      if (seen.has(name)) throw reader.malformed("an instance type exports a name twice");
      seen.add(name);
      const description = readExternDescription(reader, types);
      if (description.sort === "function") functions.push(name);
      if (description.sort === "type") types.push(null);
    } else throw reader.malformed("an instance type has an unknown declaration");
  });
  return functions;
}

/** Instance types may only borrow types of the scopes around them, or of instances they export themselves. */
function readTypeAlias(reader: ByteReader, outer: readonly TypeEntry[]): TypeEntry {
  const alias = readAlias(reader);
  if (alias.sort !== "type") throw reader.malformed("an instance type aliases something that is not a type");
  return alias.target === "outer" && alias.count === 1 ? (outer[alias.index] ?? null) : null;
}

/** What an alias adds to which index space. */
export interface Alias {
  readonly sort: Sort;
  readonly target: "export" | "core-export" | "outer";
  /** Name of the export; empty for outer aliases. */
  readonly name: string;
  /** Scopes to go out. */
  readonly count: number;
  readonly index: number;
}

/** Kinds of definitions, each with an index space of its own. */
export type Sort = "core" | "core-module" | "function" | "value" | "type" | "component" | "instance";

/** Read one alias. Names of core exports are left to the caller to judge. */
export function readAlias(reader: ByteReader): Alias {
  const sort = readSort(reader);
  const kind = reader.u8();
  if (kind === 0x00 || kind === 0x01) {
    const index = reader.u32();
    const name = reader.name();
    if (kind === 0x00) assertComponentName(name);
    return { sort, target: kind === 0x00 ? "export" : "core-export", name, count: 0, index };
  }
  if (kind !== 0x02) throw reader.malformed("an alias has an unknown target");
  return { sort, target: "outer", name: "", count: reader.u32(), index: reader.u32() };
}

const SORTS: readonly Sort[] = ["core", "function", "value", "type", "component", "instance"];

/** Read a sort; `core` stands for core functions, tables, memories, globals, types and instances. */
export function readSort(reader: ByteReader): Sort {
  const sort = SORTS[reader.u8()];
  if (sort === undefined) throw reader.malformed("a sort is unknown");
  return sort === "core" ? readCoreSort(reader) : sort;
}

/** Read a core sort. */
export function readCoreSort(reader: ByteReader): "core" | "core-module" {
  const byte = reader.u8();
  if (byte === 0x11) return "core-module";
  if (byte > 0x04 && byte !== 0x10 && byte !== 0x12) throw reader.malformed("a core sort is unknown");
  return "core";
}

/** Read the name of a component import or export. */
export function readExternName(reader: ByteReader): string {
  if (reader.u8() > 1) throw reader.malformed("a name has an unknown form");
  const name = reader.name();
  assertComponentName(name);
  return name;
}

/** Read what an import, an export or a declaration is. */
export function readExternDescription(reader: ByteReader, types: readonly TypeEntry[]): ExternDescription {
  const kind = reader.u8();
  switch (kind) {
    case 0x01:
      reader.u32();
      return { sort: "function", functions: [] };
    case 0x03: {
      const bound = reader.u8();
      if (bound === 0x00) reader.u32();
      else if (bound !== 0x01) throw reader.malformed("a type bound is unknown");
      return { sort: "type", functions: [] };
    }
    case 0x05: {
      const functions = types[reader.u32()];
      if (functions === undefined || functions === null)
        throw reader.malformed("an instance has no instance type");
      return { sort: "instance", functions };
    }
    case 0x02:
      throw refuseFeature("component-values");
    case 0x00:
    case 0x04:
      throw refuseFeature("component-linking");
    default:
      throw reader.malformed("a description is unknown");
  }
}

function readDefinedValueType(form: number, reader: ByteReader): void {
  switch (form) {
    case 0x72: // record
      return each(reader, () => readLabelled(reader));
    case 0x71: // variant
      return each(reader, () => {
        readLabel(reader);
        readOptional(reader, () => readComponentValueType(reader));
        if (reader.u8() !== 0) throw reader.malformed("a variant case refines another");
      });
    case 0x6f: // tuple
      return each(reader, () => readComponentValueType(reader));
    case 0x6e: // flags
    case 0x6d: // enum
      return each(reader, () => readLabel(reader));
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

function readComponentValueType(reader: ByteReader): void {
  const value = reader.s33();
  if (value < 0 && !isPrimitive(value + 0x80)) throw reader.malformed("a value type is unknown");
}

/** bool … char, string, in one range without gaps. */
function isPrimitive(byte: number): boolean {
  return byte >= 0x73 && byte <= 0x7f;
}

function readLabelled(reader: ByteReader): void {
  readLabel(reader);
  readComponentValueType(reader);
}

function readLabel(reader: ByteReader): void {
  assertComponentName(reader.name());
}

function readOptional(reader: ByteReader, read: () => void): void {
  const present = reader.u8();
  if (present === 0x01) read();
  else if (present !== 0x00) throw reader.malformed("an option is neither present nor absent");
}

function each(reader: ByteReader, read: () => void): void {
  for (let left = reader.count(); left > 0; left--) read();
}

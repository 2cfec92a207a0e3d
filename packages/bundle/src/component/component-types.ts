import { readAlias } from "./alias.ts";
import type { ByteReader } from "./byte-reader.ts";
import { assertComponentName } from "./names.ts";
import { refuseFeature, type Tally } from "./tally.ts";
import { readComponentValueType, readDefinedValueType, readLabelled, readOptional } from "./value-types.ts";

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
  reader.each(() => readLabelled(reader));
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
  reader.each(() => {
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

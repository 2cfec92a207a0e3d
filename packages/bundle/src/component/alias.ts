import type { ByteReader } from "./byte-reader.ts";
import { assertComponentName } from "./names.ts";

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

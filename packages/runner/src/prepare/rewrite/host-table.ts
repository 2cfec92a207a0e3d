import { code, leb } from "../wasm/bytes.ts";
import { append, appendExport, countOf, KIND, SECTION, type CoreModule } from "../wasm/core-module.ts";
import { OP } from "../wasm/instruction.ts";
import { I32 } from "../wasm/value-type.ts";
import { EXPORTED, HOST_SLOT } from "./exported-names.ts";

/** Where the functions of the cell are in a module's index spaces. */
export interface HostTable {
  /** `call_indirect` of one slot; its operands must be on the stack. */
  call(slot: keyof typeof HOST_SLOT): Uint8Array;
  /** Push whether a slot is still empty, as it is while the module itself is being instantiated. */
  isEmpty(slot: keyof typeof HOST_SLOT): Uint8Array;
  /** Type indices of the signatures below. */
  readonly types: { readonly none: number; readonly get: number; readonly map: number };
}

const FUNCTION = 0x60;
const FUNCREF = 0x70;
const HAS_MAX = 1;

/**
 * Give a module an exported table that the cell fills with its functions once the instance exists: an import would
 * renumber every function.
 */
export function appendHostTable(module: CoreModule): HostTable {
  const none = append(module, SECTION.type, [
    Uint8Array.of(FUNCTION, 0, 0),
    Uint8Array.of(FUNCTION, 0, 1, I32),
    Uint8Array.of(FUNCTION, 1, I32, 1, I32),
  ]);
  const types = { none, get: none + 1, map: none + 2 };
  const typeOf = { pace: types.none, memorySize: types.get, memoryGrow: types.map };
  const table = module.imported.tables + countOf(module, SECTION.table);
  const slots = Object.keys(HOST_SLOT).length;
  append(module, SECTION.table, [Uint8Array.of(FUNCREF, HAS_MAX, slots, slots)]);
  appendExport(module, EXPORTED.host, KIND.table, table);
  return {
    types,
    call: (slot) => code(OP.i32Const, HOST_SLOT[slot], OP.callIndirect, leb(typeOf[slot]), leb(table)),
    isEmpty: (slot) => code(OP.i32Const, HOST_SLOT[slot], OP.tableGet, leb(table), OP.refIsNull),
  };
}

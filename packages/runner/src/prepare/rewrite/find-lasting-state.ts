import type { CoreModule } from "../wasm/core-module.ts";
import { scanBodies } from "../wasm/edit-bodies.ts";
import { BULK, OP } from "../wasm/instruction.ts";
import { F32, F64, I32, I64 } from "../wasm/value-type.ts";

const RESTORABLE_TYPES: ReadonlySet<number> = new Set([I32, I64, F32, F64]);
const LASTING_BULK: ReadonlyMap<number, string> = new Map([
  [BULK.dataDrop, "data.drop"],
  [BULK.elemDrop, "elem.drop"],
  [BULK.tableInit, "table.init"],
  [BULK.tableCopy, "table.copy"],
  [BULK.tableGrow, "table.grow"],
  [BULK.tableFill, "table.fill"],
]);

/**
 * Name something in a module that a call can change and a snapshot cannot put back; null when there is nothing.
 *
 * Memories and numeric globals can be put back. Tables and dropped segments cannot, so one instruction that could
 * change them is enough to give every call a new instance.
 */
export function findLastingState(module: CoreModule): string | null {
  if (module.globals.some(({ type, isMutable }) => isMutable && !RESTORABLE_TYPES.has(type)))
    return "a mutable global that is no number";
  let found: string | null = null;
  scanBodies(module, ({ opcode, second }) => {
    if (opcode === OP.tableSet) found ??= "table.set";
    else if (opcode === OP.bulk) found ??= LASTING_BULK.get(second) ?? null;
  });
  return found;
}

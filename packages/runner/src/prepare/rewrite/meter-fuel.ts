import { code, leb, signedLeb } from "../wasm/bytes.ts";
import {
  append,
  appendExport,
  appendFunction,
  countOf,
  KIND,
  nextFunction,
  SECTION,
  type CoreModule,
} from "../wasm/core-module.ts";
import { editBodies } from "../wasm/edit-bodies.ts";
import { BULK, OP } from "../wasm/instruction.ts";
import { I32 } from "../wasm/value-type.ts";
import { EXPORTED } from "./exported-names.ts";
import type { RareBranch } from "./hint-branches.ts";
import type { HostTable } from "./host-table.ts";

const NO_RESULT = 0x40;
const MUTABLE = 1;
const NO_LOCALS = 0;
/** Bytes moved or filled for one unit of fuel, as a power of two: about what a loop turn costs. */
const BYTES_SHIFT = 9;
/** Units of fuel for one element of a table, as a power of two. */
const ELEMENTS_SHIFT = 2;
/** More elements than any table may have. */
const MOST_ELEMENTS = 1 << 20;
const LONG_FOR_BYTES: ReadonlySet<number> = new Set([BULK.memoryInit, BULK.memoryCopy, BULK.memoryFill]);
const LONG_FOR_ELEMENTS: ReadonlySet<number> = new Set([
  BULK.tableInit,
  BULK.tableCopy,
  BULK.tableGrow,
  BULK.tableFill,
]);
/** Before the cell fills it up: enough for any `start` function that ends. */
const FULL = 0x7fff_ffff;

/**
 * Count fuel down at every loop head and on entry to every function that calls; below zero the cell is called, which
 * refills it, suspends the guest or stops it.
 *
 * Functions without calls need no check on entry: they end, or loop. What moves, fills or grows stretches of memories
 * and tables costs by their length, because one of them can take as long as a million loop turns.
 *
 * Answers the branch that asks whether fuel is used up.
 */
export function meterFuel(module: CoreModule, host: HostTable): RareBranch {
  const fuel = module.imported.globals + countOf(module, SECTION.global);
  append(module, SECTION.global, [code(I32, MUTABLE, OP.i32Const, signedLeb(FULL), OP.end)]);
  appendExport(module, EXPORTED.fuel, KIND.global, fuel);
  const index = leb(fuel);
  const pace = nextFunction(module);
  const chargeBytes = pace + 1;
  const chargeElements = pace + 2;
  const isEmpty = code(OP.globalGet, index, OP.i32Const, 0, OP.i32LtS);
  const callIfEmpty = code(isEmpty, OP.if, NO_RESULT, OP.call, leb(pace), OP.end);
  const check = code(OP.globalGet, index, OP.i32Const, 1, OP.i32Sub, OP.globalSet, index, callIfEmpty);

  editBodies(module, {
    atLoop: check,
    atEntry: check,
    // The length is on top of the stack; charging leaves it there.
    before: ({ opcode, second }) => {
      if (opcode !== OP.bulk) return undefined;
      if (LONG_FOR_BYTES.has(second)) return code(OP.call, leb(chargeBytes));
      return LONG_FOR_ELEMENTS.has(second) ? code(OP.call, leb(chargeElements)) : undefined;
    },
  });

  appendFunction(module, host.types.none, code(NO_LOCALS, host.call("pace"), OP.end));
  const charge = (cost: Uint8Array) =>
    code(
      [NO_LOCALS, OP.globalGet, index, cost, OP.i32Sub, OP.globalSet, index],
      [callIfEmpty, OP.localGet, 0, OP.end],
    );
  const most = code(OP.i32Const, signedLeb(MOST_ELEMENTS));
  appendFunction(module, host.types.map, charge(code(OP.localGet, 0, OP.i32Const, BYTES_SHIFT, OP.i32ShrU)));
  appendFunction(
    module,
    host.types.map,
    charge(
      code(
        [OP.localGet, 0, most, OP.localGet, 0, most, OP.i32LtU, OP.select],
        [OP.i32Const, ELEMENTS_SHIFT, OP.i32Shl],
      ),
    ),
  );
  return { code: callIfEmpty, branchAt: isEmpty.length };
}

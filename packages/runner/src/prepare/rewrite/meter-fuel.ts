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
import type { HostTable } from "./host-table.ts";

const NO_RESULT = 0x40;
const MUTABLE = 1;
const NO_LOCALS = 0;
/** Bytes moved or filled for one unit of fuel, as a power of two: about what a loop turn costs. */
const BULK_SHIFT = 9;
/** Before the cell fills it up: enough for any `start` function that ends. */
const FULL = 0x7fff_ffff;

/**
 * Count fuel down at every loop head and on entry to every function that calls; below zero the cell is called, which
 * refills it, suspends the guest or stops it.
 *
 * Functions without calls need no check on entry: they end, or loop. Copies and fills cost by their length, because
 * one of them can take as long as a million loop turns.
 */
export function meterFuel(module: CoreModule, host: HostTable): void {
  const fuel = module.imported.globals + countOf(module, SECTION.global);
  append(module, SECTION.global, [code(I32, MUTABLE, OP.i32Const, signedLeb(FULL), OP.end)]);
  appendExport(module, EXPORTED.fuel, KIND.global, fuel);
  const index = leb(fuel);
  const pace = nextFunction(module);
  const copy = pace + 1;
  const fill = pace + 2;
  const callIfEmpty = code(
    [OP.globalGet, index, OP.i32Const, 0, OP.i32LtS],
    [OP.if, NO_RESULT, OP.call, leb(pace), OP.end],
  );
  const check = code(OP.globalGet, index, OP.i32Const, 1, OP.i32Sub, OP.globalSet, index, callIfEmpty);

  editBodies(module, {
    atLoop: check,
    atEntry: check,
    replace: ({ opcode, second }) => {
      if (opcode !== OP.bulk) return undefined;
      if (second === BULK.memoryCopy) return code(OP.call, leb(copy));
      return second === BULK.memoryFill ? code(OP.call, leb(fill)) : undefined;
    },
  });

  appendFunction(module, host.types.none, code(NO_LOCALS, host.call("pace"), OP.end));
  if (module.imported.memories + countOf(module, SECTION.memory) === 0) return;
  const chargeLength = code(
    [OP.globalGet, index, OP.localGet, 2, OP.i32Const, BULK_SHIFT, OP.i32ShrU],
    [OP.i32Sub, OP.globalSet, index],
    callIfEmpty,
  );
  const operands = code(OP.localGet, 0, OP.localGet, 1, OP.localGet, 2);
  const bulk = (...instruction: number[]) =>
    code(NO_LOCALS, chargeLength, operands, OP.bulk, ...instruction, OP.end);
  appendFunction(module, host.types.three, bulk(BULK.memoryCopy, 0, 0));
  appendFunction(module, host.types.three, bulk(BULK.memoryFill, 0));
}

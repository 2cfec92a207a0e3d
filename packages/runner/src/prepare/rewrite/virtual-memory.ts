import { code, leb } from "../wasm/bytes.ts";
import { appendFunction, nextFunction, type CoreModule } from "../wasm/core-module.ts";
import { editBodies, scanBodies } from "../wasm/edit-bodies.ts";
import { OP } from "../wasm/instruction.ts";
import { I32 } from "../wasm/value-type.ts";
import type { HostTable } from "./host-table.ts";

const NO_LOCALS = 0;

/**
 * Route `memory.size` and `memory.grow` through the cell, which tells a size of its own.
 *
 * A memory cannot shrink. After a restore the guest must still see its first size, or an allocator that forgot it
 * grew would grow again on every call; and the cell gets a cap for each call.
 */
export function virtualizeMemory(module: CoreModule, host: HostTable): void {
  let isUsed = false;
  scanBodies(module, ({ opcode }) => {
    isUsed ||= opcode === OP.memorySize || opcode === OP.memoryGrow;
  });
  if (!isUsed) return;
  const size = nextFunction(module);
  const grow = size + 1;
  editBodies(module, {
    replace: ({ opcode }) => {
      if (opcode === OP.memorySize) return code(OP.call, leb(size));
      return opcode === OP.memoryGrow ? code(OP.call, leb(grow)) : undefined;
    },
  });
  // While the module's own `start` runs there is no cell to ask yet: the memory answers itself.
  const orReal = (slot: "memorySize" | "memoryGrow", operand: Uint8Array, real: number) =>
    code(
      [NO_LOCALS, host.isEmpty(slot), OP.if, I32, operand, real, 0],
      [OP.else, operand, host.call(slot), OP.end, OP.end],
    );
  appendFunction(module, host.types.get, orReal("memorySize", code(), OP.memorySize));
  appendFunction(module, host.types.map, orReal("memoryGrow", code(OP.localGet, 0), OP.memoryGrow));
}

import { refuseModule } from "../wasm/byte-reader.ts";
import { code, leb, nameBytes, signedLeb } from "../wasm/bytes.ts";
import {
  append,
  appendExport,
  appendFunction,
  countOf,
  functionParameters,
  KIND,
  nextFunction,
  SECTION,
  type CoreModule,
} from "../wasm/core-module.ts";
import { editBodies } from "../wasm/edit-bodies.ts";
import { BULK, OP, storedType } from "../wasm/instruction.ts";
import { I32 } from "../wasm/value-type.ts";
import { BLOCK_SHIFT, EXPORTED, IMPORTED } from "./exported-names.ts";

const FUNCTION = 0x60;
const HAS_MAX = 1;
const NO_RESULT = 0x40;
const WRITES_RANGE: ReadonlySet<number> = new Set([BULK.memoryInit, BULK.memoryCopy, BULK.memoryFill]);
/** The memory that says which blocks were written: the second one in every module that has a first. */
const MAP = 1;
/** Alignment 0 with the flag that a memory index follows. */
const MAP_ARGUMENT = 0x40;
/**
 * Pages of it, enough for memories of 1 GiB: what is not touched takes nothing, and engines are the same under every cap
 * up to that (`../known-engines.ts`).
 */
const MAP_PAGES = 16;

/**
 * Make a module tell which blocks of its memory it wrote, one byte for each block, so that a snapshot puts back
 * what a call changed and not the whole memory.
 *
 * Every instruction that stores marks the block of its first byte; a store that crosses into the next block is at
 * most 16 bytes long, and whoever puts a block back puts those back too. A store that traps marks nothing: its
 * instance is thrown away.
 *
 * Must be the last change of a module: what reads modules here knows one memory only.
 */
export function trackWrites(module: CoreModule, maxMemoryPages: number): void {
  if (module.importsFrom.has(IMPORTED.module))
    throw refuseModule(`it imports from ${IMPORTED.module}, which is ours`, "malformed");
  if (module.imported.memories + countOf(module, SECTION.memory) === 0) return;
  const pages = Math.max(MAP_PAGES, Math.ceil(maxMemoryPages / (1 << BLOCK_SHIFT)));
  const limits = [HAS_MAX, leb(pages), leb(pages)] as const;
  if (module.imported.memories === 0) {
    append(module, SECTION.memory, [code(limits)]);
    appendExport(module, EXPORTED.written, KIND.memory, MAP);
  } else {
    const names = [nameBytes(IMPORTED.module), nameBytes(IMPORTED.written)] as const;
    append(module, SECTION.import, [code(names, KIND.memory, limits)]);
  }
  if (!module.sections.some(({ id }) => id === SECTION.code)) return;
  const blockOf = code(OP.i32Const, BLOCK_SHIFT, OP.i32ShrU);
  const parameters = functionParameters(module);
  const three = append(module, SECTION.type, [Uint8Array.of(FUNCTION, 3, I32, I32, I32, 3, I32, I32, I32)]);
  const markRange = leb(nextFunction(module));

  editBodies(module, {
    before: ({ opcode, second }) =>
      opcode === OP.bulk && WRITES_RANGE.has(second) ? code(OP.call, markRange) : undefined,
    around: (instruction, locals) => {
      const type = storedType(instruction);
      if (type === null) return undefined;
      const value = leb(locals.of(type));
      const address = leb(locals.of(I32, "address"));
      return [
        code(OP.localSet, value, OP.localTee, address, OP.localGet, value),
        code(
          [OP.localGet, address, OP.i32Const, signedLeb(instruction.offset), OP.i32Add, blockOf],
          [OP.i32Const, 1, OP.i32Store8, MAP_ARGUMENT, MAP, 0],
        ),
      ];
    },
    parameters,
  });

  // (address, …, length), given back as they came: a range that is out of bounds traps here or a step later.
  const last = code(OP.localGet, 0, OP.localGet, 2, OP.i32Add, OP.i32Const, 1, OP.i32Sub, blockOf);
  appendFunction(
    module,
    three,
    code(
      [0, OP.localGet, 2, OP.if, NO_RESULT, OP.localGet, 0, blockOf, OP.i32Const, 1],
      [last, OP.localGet, 0, blockOf, OP.i32Sub, OP.i32Const, 1, OP.i32Add],
      [OP.bulk, BULK.memoryFill, MAP, OP.end, OP.localGet, 0, OP.localGet, 1, OP.localGet, 2, OP.end],
    ),
  );
}

import { readFileSync } from "node:fs";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCK_SHIFT, EXPORTED } from "./exported-names.ts";
import { rewriteModule } from "./rewrite-module.ts";

const LIMITS = { maxMemoryPages: 64 };
const PAGE = 65_536;
type Call = (...args: number[]) => void;

const load = (bytes: Uint8Array, imports: WebAssembly.Imports = {}) =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>), imports).exports;
const restoreText = readFileSync(new URL("../../cell/context/restore.wat", import.meta.url), "utf8");

/** Every instruction that writes to memory, as a function of an address (and a length). */
const WRITERS: Readonly<Record<string, string>> = {
  i32: "(i32.store (local.get 0) (i32.const -1))",
  i64: "(i64.store (local.get 0) (i64.const -1))",
  f32: "(f32.store (local.get 0) (f32.const nan))",
  f64: "(f64.store (local.get 0) (f64.const nan))",
  i32_8: "(i32.store8 (local.get 0) (i32.const -1))",
  i32_16: "(i32.store16 (local.get 0) (i32.const -1))",
  i64_8: "(i64.store8 (local.get 0) (i64.const -1))",
  i64_16: "(i64.store16 (local.get 0) (i64.const -1))",
  i64_32: "(i64.store32 (local.get 0) (i64.const -1))",
  far: "(i32.store offset=70000 align=1 (local.get 0) (i32.const -1))",
  v128: "(v128.store (local.get 0) (v128.const i64x2 -1 -1))",
  lane8: "(v128.store8_lane 3 (local.get 0) (v128.const i64x2 -1 -1))",
  lane16: "(v128.store16_lane 3 (local.get 0) (v128.const i64x2 -1 -1))",
  lane32: "(v128.store32_lane 3 (local.get 0) (v128.const i64x2 -1 -1))",
  lane64: "(v128.store64_lane 1 (local.get 0) (v128.const i64x2 -1 -1))",
  fill: "(memory.fill (local.get 0) (i32.const 255) (local.get 1))",
  copy: "(memory.copy (local.get 0) (i32.const 0) (local.get 1))",
  init: "(memory.init $ones (local.get 0) (i32.const 0) (i32.rem_u (local.get 1) (i32.const 5000)))",
};
const GUEST = `(module (memory 3)
  (data (i32.const 0) "${"first content ".repeat(400)}") (data $ones "${"\\ff".repeat(5_000)}")
  (func (export "grow") (drop (memory.grow (i32.const 1))))
  ${Object.entries(WRITERS)
    .map(([name, body]) => `(func (export "${name}") (param i32 i32) ${body})`)
    .join("\n")})`;

async function setUp() {
  const { bytes } = rewriteModule(await parse(GUEST), LIMITS);
  const exports = load(bytes);
  const memory = exports[EXPORTED.memory] as WebAssembly.Memory;
  const written = exports[EXPORTED.written] as WebAssembly.Memory;
  const first = new Uint8Array(memory.buffer).slice();
  const image = new WebAssembly.Memory({ initial: 3, maximum: 3 });
  new Uint8Array(image.buffer).set(first);
  const { restore } = load(await parse(restoreText), { cell: { memory, written, image } });
  return {
    call: exports as unknown as Readonly<Record<string, Call>>,
    memory,
    written,
    first,
    restore: () => (restore as Call)(memory.buffer.byteLength, first.length),
  };
}

/** The blocks that are noted, of all there could be. */
function blocksOf(written: WebAssembly.Memory): number[] {
  const marks = new Uint8Array(written.buffer);
  const blocks: number[] = [];
  for (let block = 0; block < marks.length; block += 1) if (marks[block] !== 0) blocks.push(block);
  return blocks;
}

describe("trackWrites", () => {
  it.each(Object.keys(WRITERS))("notes the block that %s writes, and only that", async (name) => {
    const { call, written } = await setUp();
    expect(blocksOf(written)).toEqual([]);
    call[name]?.(5 << BLOCK_SHIFT, 8);
    const block = name === "far" ? 5 + (70_000 >> BLOCK_SHIFT) : 5;
    expect(blocksOf(written)).toEqual([block]);
  });

  it.each(["fill", "copy"])("notes every block of a %s, and none of an empty one", async (name) => {
    const { call, written } = await setUp();
    call[name]?.(1_000, 0);
    expect(blocksOf(written)).toEqual([]);
    call[name]?.(1_000, 3_000);
    expect(blocksOf(written)).toEqual([0, 1, 2, 3]);
  });

  it.each(Object.keys(WRITERS))("leaves out of bounds to trap: %s", async (name) => {
    const { call } = await setUp();
    expect(() => call[name]?.(-1, 5_000)).toThrow(WebAssembly.RuntimeError);
  });

  it("lets a snapshot put back whatever was written, wherever, across blocks and after growth", async () => {
    const { call, memory, written, first, restore } = await setUp();
    const step = fc.record({
      name: fc.constantFrom(...Object.keys(WRITERS)),
      at: fc.oneof(
        fc.nat(3 * PAGE - 80_000),
        // Just before a block ends: stores of several bytes go into the next one.
        fc.nat(100).map((block) => ((block + 1) << BLOCK_SHIFT) - 1),
      ),
      length: fc.nat(9_000),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), fc.boolean(), (steps, grows) => {
        if (grows && memory.buffer.byteLength < 8 * PAGE) memory.grow(1);
        for (const { name, at, length } of steps) call[name]?.(at, length);
        if (grows) call["fill"]?.(memory.buffer.byteLength - 100, 100);
        restore();
        const now = new Uint8Array(memory.buffer);
        expect(Buffer.compare(now.subarray(0, first.length), first)).toBe(0);
        expect(now.subarray(first.length).every((byte) => byte === 0)).toBe(true);
        expect(blocksOf(written)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("notes what a module writes into the memory of another", async () => {
    const { memory, written } = await setUp();
    const { bytes } = rewriteModule(
      await parse(
        `(module (import "m" "mem" (memory 1)) (func (export "w") (i32.store (i32.const 2048) (i32.const 1))))`,
      ),
      LIMITS,
    );
    const { w } = load(bytes, { m: { mem: memory }, __alga: { written } });
    (w as Call)();
    expect(blocksOf(written)).toEqual([2]);
  });

  it("is left out where nothing is put back", async () => {
    const { bytes } = rewriteModule(await parse(GUEST), { ...LIMITS, isRestored: false });
    expect(load(bytes)).not.toHaveProperty(EXPORTED.written);
  });

  it("refuses a component that names the notes itself", async () => {
    const own = await parse(`(module (import "__alga" "written" (memory 1)))`);
    expect(() => rewriteModule(own, LIMITS)).toThrow(expect.objectContaining({ code: "component_rejected" }));
    const exporting = await parse(`(module (memory (export "__alga_written") 1))`);
    expect(() => rewriteModule(exporting, LIMITS)).toThrow(
      expect.objectContaining({ code: "component_rejected" }),
    );
  });

  it("is the same under every cap of up to 1 GiB for a module that has its memory from another", async () => {
    const module = await parse(
      `(module (import "m" "mem" (memory 1)) (func (i32.store (i32.const 0) (i32.const 1))))`,
    );
    const under = (maxMemoryPages: number) => rewriteModule(module, { maxMemoryPages }).bytes;
    expect([512, 2_048, 16_384].map(under)).toEqual([under(1), under(1), under(1)]);
    expect(under(16_385)).not.toEqual(under(1));
  });
});

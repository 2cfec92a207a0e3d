import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RunnerError } from "../../errors.ts";
import { EXPORTED, HOST_SLOT, IMPORTED } from "./exported-names.ts";
import { rewriteModule } from "./rewrite-module.ts";

const LIMITS = { maxMemoryPages: 16 };
type Functions = Record<string, (...args: number[]) => number>;

/** Host functions for a module's table: what the cell would put there. */
async function hostFunctions(functions: {
  pace?: () => void;
  size?: () => number;
  grow?: (by: number) => number;
}) {
  const bytes = await parse(`(module
    (import "h" "pace" (func $pace)) (import "h" "size" (func $size (result i32)))
    (import "h" "grow" (func $grow (param i32) (result i32)))
    (func (export "pace") call $pace) (func (export "size") (result i32) call $size)
    (func (export "grow") (param i32) (result i32) local.get 0 call $grow))`);
  const none = () => 0;
  const h = { pace: functions.pace ?? none, size: functions.size ?? none, grow: functions.grow ?? none };
  return new WebAssembly.Instance(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>), { h })
    .exports as Functions;
}

async function start(text: string, functions: Parameters<typeof hostFunctions>[0] = {}) {
  const { bytes, lastingState } = rewriteModule(await parse(text), LIMITS);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>));
  const host = await hostFunctions(functions);
  const table = exports[EXPORTED.host] as WebAssembly.Table;
  table.set(HOST_SLOT.pace, host["pace"]);
  table.set(HOST_SLOT.memorySize, host["size"]);
  table.set(HOST_SLOT.memoryGrow, host["grow"]);
  return {
    exports,
    call: exports as unknown as Functions,
    fuel: exports[EXPORTED.fuel] as WebAssembly.Global,
    lastingState,
  };
}

describe("fuel", () => {
  it.each([
    [
      "a loop",
      '(func (export "f") (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))',
    ],
    [
      "recursion",
      '(func $f (export "f") (param i32) (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))))))',
    ],
    [
      "recursion through a table",
      `(table 1 funcref) (elem (i32.const 0) $f) (type $t (func (param i32)))
       (func $f (export "f") (param i32) (if (local.get 0) (then (call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))`,
    ],
    [
      "long fills",
      '(memory 16) (func (export "f") (param i32) (memory.fill (i32.const 0) (i32.const 0) (i32.mul (local.get 0) (i32.const 512))))',
    ],
    [
      "long copies",
      '(memory 16) (func (export "f") (param i32) (memory.copy (i32.const 0) (i32.const 1) (i32.mul (local.get 0) (i32.const 512))))',
    ],
    [
      "long initialisations",
      `(memory 16) (data $d "${"x".repeat(51_200)}") (func (export "f") (param i32) (memory.init $d (i32.const 0) (i32.const 0) (i32.mul (local.get 0) (i32.const 512))))`,
    ],
    [
      "long fills of tables",
      '(table 1000 funcref) (func (export "f") (param i32) (table.fill (i32.const 0) (ref.null func) (i32.div_u (local.get 0) (i32.const 4))))',
    ],
    [
      "long copies between tables",
      '(table 1000 funcref) (table 1000 externref) (func (export "f") (param i32) (table.copy 1 1 (i32.const 0) (i32.const 1) (i32.div_u (local.get 0) (i32.const 4))))',
    ],
    [
      "growing tables",
      '(table 1 funcref) (func (export "f") (param i32) (drop (table.grow (ref.null func) (i32.div_u (local.get 0) (i32.const 4)))))',
    ],
    [
      "long initialisations of tables",
      `(table 1000 funcref) (elem $e func ${"$g ".repeat(100)}) (func $g) (func (export "f") (param i32) (table.init $e (i32.const 0) (i32.const 0) (i32.div_u (local.get 0) (i32.const 4))))`,
    ],
  ])("is used up by %s, once for each turn", async (_name, text) => {
    let paced = 0;
    const { call, fuel } = await start(`(module ${text})`, {
      pace: () => {
        paced += 1;
        fuel.value = 1_000;
      },
    });
    fuel.value = 1_000;
    call["f"]?.(100);
    expect(paced).toBe(0);
    expect(fuel.value).toBeGreaterThanOrEqual(895);
    expect(fuel.value).toBeLessThanOrEqual(901);
    fuel.value = 10;
    call["f"]?.(100);
    expect(paced).toBe(1);
  });

  it("cannot be filled up by a length that no table has", async () => {
    const { call, fuel } = await start(
      `(module (table 1 funcref) (func (export "f") (param i32) (drop (table.grow (ref.null func) (local.get 0)))))`,
    );
    for (const length of [-1, 0x2000_0000, 0x4000_0001, -0x8000_0000]) {
      fuel.value = 1_000;
      call["f"]?.(length);
      expect(fuel.value).toBeLessThan(1_000);
    }
  });

  it("stops a guest when the host throws, and costs nothing without calls or loops", async () => {
    const { call, fuel } = await start(
      `(module (func (export "forever") (loop (br 0))) (func (export "leaf") (result i32) i32.const 7))`,
      {
        pace: () => {
          throw new Error("stop");
        },
      },
    );
    fuel.value = 5;
    expect(call["leaf"]?.()).toBe(7);
    expect(fuel.value).toBe(5);
    expect(() => call["forever"]?.()).toThrow("stop");
  });
});

describe("virtual memory", () => {
  const TEXT = `(module (memory 1 100)
    (func (export "size") (result i32) memory.size) (func (export "grow") (param i32) (result i32) local.get 0 memory.grow))`;

  it("asks the host", async () => {
    const asked: number[] = [];
    const { call } = await start(TEXT, { size: () => 42, grow: (by) => asked.push(by) });
    expect(call["size"]?.()).toBe(42);
    expect(call["grow"]?.(5)).toBe(1);
    expect(asked).toEqual([5]);
  });

  it("answers itself while its own start function runs", async () => {
    const { exports } =
      await start(`(module (memory 1) (global $g (export "g") (mut i32) (i32.const 0)) (start $s)
      (func $s (drop (memory.grow (i32.const 2))) (global.set $g (memory.size))))`);
    expect((exports["g"] as WebAssembly.Global).value).toBe(3);
  });
});

describe("state", () => {
  it("is exported: memory and every mutable global", async () => {
    const { exports, lastingState } = await start(
      `(module (memory 1) (global (mut i32) (i32.const 1)) (global i32 (i32.const 2)) (global (mut f64) (f64.const 3)) (func))`,
    );
    expect(exports[EXPORTED.memory]).toBeInstanceOf(WebAssembly.Memory);
    expect((exports[`${EXPORTED.global}0`] as WebAssembly.Global).value).toBe(1);
    expect(exports[`${EXPORTED.global}1`]).toBeUndefined();
    expect((exports[`${EXPORTED.global}2`] as WebAssembly.Global).value).toBe(3);
    expect(lastingState).toBeNull();
  });

  it("keeps working with imports and exports of every kind", async () => {
    const { bytes } = rewriteModule(
      await parse(`(module (import "m" "f" (func $f (result i32))) (import "m" "t" (table 1 funcref)) (import "m" "mem" (memory 1))
        (import "m" "g" (global $g (mut i32))) (global $own (mut i32) (i32.const 5)) (table 1 funcref) (elem (table 1) (i32.const 0) func $r)
        (data (i32.const 8) "x") (func $r (export "r") (result i32) (i32.add (call $f) (i32.add (global.get $g) (global.get $own)))))`),
      LIMITS,
    );
    const m = {
      f: () => 100,
      t: new WebAssembly.Table({ element: "anyfunc", initial: 1 }),
      mem: new WebAssembly.Memory({ initial: 1 }),
      g: new WebAssembly.Global({ value: "i32", mutable: true }, 10),
    };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>), {
      m,
      [IMPORTED.module]: { [IMPORTED.written]: new WebAssembly.Memory({ initial: 16, maximum: 16 }) },
    });
    const host = await hostFunctions({});
    (exports[EXPORTED.host] as WebAssembly.Table).set(HOST_SLOT.pace, host["pace"]);
    expect((exports as unknown as Functions)["r"]?.()).toBe(115);
  });

  it.each([
    ["table.set", "(table 1 funcref) (func (table.set (i32.const 0) (ref.null func)))"],
    ["table.grow", "(table 1 funcref) (func (drop (table.grow (ref.null func) (i32.const 1))))"],
    ["table.fill", "(table 1 funcref) (func (table.fill (i32.const 0) (ref.null func) (i32.const 1)))"],
    ["table.copy", "(table 1 funcref) (func (table.copy (i32.const 0) (i32.const 0) (i32.const 1)))"],
    [
      "table.init",
      "(table 1 funcref) (elem $e func) (func (table.init $e (i32.const 0) (i32.const 0) (i32.const 0)))",
    ],
    ["elem.drop", "(table 1 funcref) (elem $e func) (func (elem.drop $e))"],
    ["data.drop", '(memory 1) (data $d "x") (func (data.drop $d))'],
    ["a reference in a global", "(global (mut externref) (ref.null extern)) (func)"],
  ])("that no snapshot puts back is named: %s", async (_name, text) => {
    expect(rewriteModule(await parse(`(module ${text})`), LIMITS).lastingState).not.toBeNull();
  });
});

describe("what it does not know", () => {
  it.each([
    ["tail calls", "(func $f return_call $f)"],
    ["exceptions", "(tag $t) (func (throw $t))"],
    ["exception handling", "(func (block (try_table (catch_all 0))))"],
    ["threads", "(memory 1 1 shared) (func (drop (i32.atomic.load (i32.const 0))))"],
    ["atomics on plain memory", "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))"],
    ["GC types", "(type $s (struct (field i32)))"],
    ["typed references", "(type $f (func)) (func (param (ref $f)))"],
    ["relaxed SIMD", "(func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0))))"],
    ["several memories", "(memory 1) (memory 1)"],
    ["several memories, one imported", '(import "m" "m" (memory 1)) (memory 1)'],
    ["64-bit memory", "(memory i64 1)"],
    ["imported 64-bit memory", '(import "m" "m" (memory i64 1))'],
    ["imported tags", '(import "m" "t" (tag))'],
  ])("is refused: %s", async (_name, text) => {
    const bytes = await parse(`(module ${text})`);
    expect(() => rewriteModule(bytes, LIMITS)).toThrow(
      expect.objectContaining({ code: "component_rejected", details: { reason: "features" } }),
    );
  });

  it("is refused: a module with our names", async () => {
    const bytes = await parse(`(module (func (export "${EXPORTED.fuel}")))`);
    expect(() => rewriteModule(bytes, LIMITS)).toThrow(RunnerError);
  });

  it("is refused, not crashed on, and never comes out invalid", async () => {
    const bytes =
      await parse(`(module (memory 1) (table 2 funcref) (global $g (mut i64) (i64.const 5)) (elem (i32.const 0) $f)
      (func $f (param i32) (result i32) (local f64 v128) (block (br_table 0 0 (local.get 0))) (i32x4.extract_lane 1 (v128.const i32x4 1 2 3 4)))
      (func (export "g") (loop (global.set $g (i64.const -1)) (drop (call $f (memory.size)))))
      (data (i32.const 0) "abc"))`);
    const change = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(change, fc.nat(bytes.length), (changes, length) => {
        const broken = bytes.slice();
        for (const [at, byte] of changes) broken[at] = byte;
        const input = length % 3 === 0 ? broken.subarray(0, length) : broken;
        try {
          const rewritten = rewriteModule(input, LIMITS).bytes;
          expect(WebAssembly.validate(rewritten as Uint8Array<ArrayBuffer>)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: "component_rejected" });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { describe, expect, it } from "vitest";
import { encodeCoreModule, parseCoreModule } from "../wasm/core-module.ts";
import { capLimits, type ModuleLimits } from "./cap-limits.ts";

const LIMITS = { maxMemoryPages: 16 };

function rewriteLimits(bytes: Uint8Array, limits: ModuleLimits): Uint8Array {
  const module = parseCoreModule(bytes);
  capLimits(module, limits);
  return encodeCoreModule(module);
}

async function run(text: string): Promise<Record<string, (...args: number[]) => number>> {
  const rewritten = rewriteLimits(await parse(text), LIMITS) as Uint8Array<ArrayBuffer>;
  return new WebAssembly.Instance(new WebAssembly.Module(rewritten)).exports as never;
}

describe("capLimits", () => {
  it.each([
    ["adds a maximum", "(memory 1)"],
    ["lowers a maximum", "(memory 1 1000)"],
  ])("%s to a memory", async (_name, memory) => {
    const { grow } = await run(
      `(module ${memory} (func (export "grow") (param i32) (result i32) local.get 0 memory.grow))`,
    );
    expect(grow?.(15)).toBe(1);
    expect(grow?.(1)).toBe(-1);
  });

  it("keeps a smaller maximum and leaves other modules alone", async () => {
    const { grow } = await run(
      `(module (memory 1 2) (func (export "grow") (param i32) (result i32) local.get 0 memory.grow))`,
    );
    expect(grow?.(2)).toBe(-1);
    const plain = await parse(`(module (func (export "f")))`);
    expect(rewriteLimits(plain, LIMITS)).toEqual(plain);
  });

  it("caps tables", async () => {
    const { grow } = await run(
      `(module (table 1 funcref) (func (export "grow") (param i32) (result i32) ref.null func local.get 0 table.grow))`,
    );
    expect(grow?.(99_999)).toBe(1);
    expect(grow?.(1)).toBe(-1);
  });

  it.each([
    ["an initial size above the cap", "(module (memory 17))"],
    ["shared memory", "(module (memory 1 2 shared))"],
    ["64-bit memory", "(module (memory i64 1))"],
    ["two memories", "(module (memory 1) (memory 1))"],
    ["too many tables", `(module ${"(table 1 funcref)".repeat(17)})`],
    ["a huge table", "(module (table 100001 funcref))"],
  ])("refuses %s", async (_name, text) => {
    const module = await parse(text);
    expect(() => rewriteLimits(module, LIMITS)).toThrow(
      expect.objectContaining({ code: "component_rejected" }),
    );
  });

  it("refuses truncated sections", async () => {
    const module = await parse("(module (memory 1))");
    expect(() => rewriteLimits(module.subarray(0, module.length - 2), LIMITS)).toThrow(
      expect.objectContaining({ code: "component_rejected" }),
    );
  });
});

import { parse, print } from "@bytecodealliance/jco-transpile/wasm-tools";
import { expect, it } from "vitest";
import { rewriteModule } from "./rewrite-module.ts";

const HINT = '(@metadata.code.branch_hint "\\00")';
const TEXT = `(module (memory 1)
  (func $noted (param i32) (loop
    (i32.store (local.get 0) (i32.const 5)) (call $own (local.get 0)) (br_if 0 (local.get 0))))
  (func $own (param i32) (local.get 0) (@metadata.code.branch_hint "\\01") (if (then (i32.store (local.get 0) (i32.const 1)))))
  (func $looped (param i32) (loop (br_if 0 (local.get 0)))))`;

it.each([
  ["instances that are put back", true],
  ["others", false],
])("is said of every look at the fuel, and of nothing else, in modules for %s", async (_name, isRestored) => {
  const { bytes } = rewriteModule(await parse(TEXT), { maxMemoryPages: 16, isRestored });
  const lines = (await print(bytes)).split("\n").map((line) => line.trim());
  const looks = lines.flatMap((line, at) =>
    line.startsWith("if ") && /^call \d+$/.test(lines[at + 1] ?? "") ? [at] : [],
  );
  // One at the entry of the function that calls, one for each loop, two in what charges by length.
  expect(looks).toHaveLength(5);
  const hinted = lines.flatMap((line, at) => (line.includes("@metadata.code") ? [at + 1] : []));
  expect(hinted).toEqual(looks);
  for (const at of hinted) expect(lines[at - 1]).toBe(HINT);
});

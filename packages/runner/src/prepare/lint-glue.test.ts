import { describe, expect, it } from "vitest";
import { lintGlue } from "./lint-glue.ts";
import { stripDebugLog } from "./strip-debug-log.ts";

describe("lintGlue", () => {
  it("takes what the transpiler writes, and finds its debug log", () => {
    const text = `"use components";
      export function instantiate(getCore, imports, instantiateCore = WebAssembly.instantiate) {
        const { a: { b = 1 }, ...rest } = imports;
        class Task { #id = 0; get id() { return this.#id; } static State = { A: 'a' }; }
        const _debugLog = (...args) => { if (!globalThis?.process?.env?.JCO_DEBUG) { return; } console.debug(...args); };
        label: for (const [key, value] of Object.entries(rest)) { if (key) _debugLog('x', { value: dangerous() }); continue label; }
        function dangerous() { try { return new Task(b); } catch (e) { throw e; } }
        return { 'a:b/c@1.0.0': imports['x'], handler: dangerous };
      }
      export const _util = {};`;
    const { debugStatements } = lintGlue(text);
    const stripped = stripDebugLog(text, debugStatements);
    expect(stripped).not.toContain("dangerous() }");
    expect(lintGlue(stripped).debugStatements).toEqual([]);
  });

  it.each([
    ["an import", `import fs from "node:fs";`],
    ["a dynamic import", `import("node:fs");`],
    ["a second look at its module", `import.meta.url; import.meta.dirname;`],
    ["eval", `eval("1");`],
    ["Function", `new Function("return 1")();`],
    ["a constructor", `(() => {}).constructor("return this")();`],
    ["a prototype", `({}).__proto__ = null;`],
    ["with", `with (a) {}`],
    ["an accessor", `const a = { get x() { return 1; } };`],
    ["an odd property name", `const a = { "\\u2028": 1 };`],
    ["a global nobody uses", `require("fs");`],
    ["a bare identifier", `Deno;`],
    ["a debugger statement", `debugger;`],
    ["what does not parse", `}}} not javascript`],
    ["a bomb", `// ${"x".repeat(3 << 20)}`],
  ])("refuses %s", (_name, text) => {
    expect(() => lintGlue(text)).toThrow(
      expect.objectContaining({ code: "component_rejected", details: { reason: "unexpected_glue" } }),
    );
  });
});

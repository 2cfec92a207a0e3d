import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CONTROLS } from "./controls.ts";
import { BUILT_ROOT, builtFile, patchText } from "./packages.ts";

// A patch that follows its control at once is never found missing on the day somebody checks them all.
test.each(CONTROLS)("the control can be left out of what is built: $name", ({ patches }) => {
  const texts = new Map<string, string>();
  for (const patch of patches) {
    const path = builtFile(BUILT_ROOT, patch.file);
    texts.set(path, patchText(texts.get(path) ?? readFileSync(path, "utf8"), patch));
  }
  expect(texts.size).toBeGreaterThan(0);
});

import { appendExport, countOf, KIND, SECTION, type CoreModule } from "../wasm/core-module.ts";
import { EXPORTED } from "./exported-names.ts";

/** Export the memory and every mutable global a module defines, so that a snapshot reaches all of its state. */
export function exportState(module: CoreModule): void {
  for (const [position, { isMutable }] of module.globals.entries()) {
    if (!isMutable) continue;
    appendExport(module, `${EXPORTED.global}${position}`, KIND.global, module.imported.globals + position);
  }
  if (countOf(module, SECTION.memory) === 1) appendExport(module, EXPORTED.memory, KIND.memory, 0);
}

import { refuseModule } from "../wasm/byte-reader.ts";
import { encodeCoreModule, parseCoreModule, SECTION } from "../wasm/core-module.ts";
import { capLimits, type ModuleLimits } from "./cap-limits.ts";
import { exportState } from "./export-state.ts";
import { findLastingState } from "./find-lasting-state.ts";
import { appendHostTable } from "./host-table.ts";
import { hintBranches, type RareBranch } from "./hint-branches.ts";
import { meterFuel } from "./meter-fuel.ts";
import { trackWrites } from "./track-writes.ts";
import { virtualizeMemory } from "./virtual-memory.ts";

// The package compiles without DOM types.
declare const WebAssembly: { validate(bytes: Uint8Array): boolean };

/** A core module as cells run it. */
export interface RewrittenModule {
  readonly bytes: Uint8Array;
  /** What a snapshot could not put back, if anything. */
  readonly lastingState: string | null;
}

/** What a module is rewritten for. */
export interface RewriteOptions extends ModuleLimits {
  /** Instances are put back after each call, so they note what they write: about a tenth of a call. @default true */
  readonly isRestored?: boolean;
}

/**
 * Rewrite one core module: limits, reachable state, virtual memory growth, fuel, noted writes. The result is validated.
 *
 * @throws {RunnerError} `component_rejected`, with `details.reason` `features`, `limits` or `malformed`
 */
export function rewriteModule(bytes: Uint8Array, options: RewriteOptions): RewrittenModule {
  const module = parseCoreModule(bytes);
  const lastingState = findLastingState(module);
  capLimits(module, options);
  exportState(module);
  let isFuelUsedUp: RareBranch | undefined;
  if (module.sections.some(({ id }) => id === SECTION.code)) {
    const host = appendHostTable(module);
    isFuelUsedUp = meterFuel(module, host);
    virtualizeMemory(module, host);
  }
  if (options.isRestored !== false) trackWrites(module, options.maxMemoryPages);
  // It is about positions: nothing may move code after it.
  if (isFuelUsedUp !== undefined) hintBranches(module, isFuelUsedUp);
  const rewritten = encodeCoreModule(module);
  if (!WebAssembly.validate(rewritten)) throw refuseModule("it is not valid", "malformed");
  return { bytes: rewritten, lastingState };
}

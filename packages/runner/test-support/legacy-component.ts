import { componentEmbed, componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";
import { ALGA_EXTENSION_WIT } from "@alga-ext/protocol/wit";

const WASI_WIT = `
package wasi:cli@0.2.3 { interface environment { get-environment: func() -> list<tuple<string, string>>; get-arguments: func() -> list<string>; } }
package wasi:clocks@0.2.3 { interface wall-clock { record datetime { seconds: u64, nanoseconds: u32 } now: func() -> datetime; } }
package wasi:random@0.2.3 { interface random { get-random-u64: func() -> u64; } }
`;

/** A component that also imports WASI, as older toolchains make them; its handler traps at once. */
export async function buildLegacyComponent(): Promise<Uint8Array> {
  const witSource = `${ALGA_EXTENSION_WIT.replace(
    "  export handler:",
    "  import wasi:cli/environment@0.2.3;\n  import wasi:clocks/wall-clock@0.2.3;\n  import wasi:random/random@0.2.3;\n  export handler:",
  )}\n${WASI_WIT}`;
  return await componentNew(await componentEmbed({ dummy: true, witSource, world: "runner" }), []);
}

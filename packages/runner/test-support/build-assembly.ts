import { compileString } from "assemblyscript/asc";
import { componentEmbed, componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";
import { ALGA_EXTENSION_WIT } from "@alga-ext/protocol/wit";

/** Compile AssemblyScript to a core module and make it a component of the platform's world, as any compiler's output. */
export async function buildAssembly(source: string): Promise<Uint8Array> {
  const { binary, error } = await compileString(source, {
    // Memory that is never freed: every call starts with a fresh one. No `env.abort`: a failed assertion traps.
    runtime: "stub",
    use: ["abort="],
    optimizeLevel: 2,
    noAssert: false,
  });
  if (error !== null || binary === null)
    throw new Error("AssemblyScript does not compile it.", { cause: error });
  return await componentNew(
    await componentEmbed({ binary, witSource: ALGA_EXTENSION_WIT, world: "runner" }),
    [],
  );
}

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ALGA_EXTENSION_WIT } from "@alga-ext/protocol/wit";

/** Every feature of the engine off: such a component needs no WASI. */
const NO_WASI = ["stdio", "random", "clocks", "http", "fetch-event"] as const;

const TRANSPILER = pathToFileURL(
  createRequire(import.meta.url).resolve("@bytecodealliance/jco-transpile/component"),
).href;
const SHIM = "@bytecodealliance/preview2-shim";

/** Unpacks a download for ahead-of-time builds, which are not made here; npm under Node 20 leaves its binary out. */
const XZ = "@napi-rs/lzma/xz";

/** componentize-js imports a WASI shim that it does not depend on; the transpiler does. */
async function loadComponentize() {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === XZ
        ? { url: "data:text/javascript,export default {}", format: "module", shortCircuit: true }
        : next(specifier, specifier.startsWith(SHIM) ? { ...context, parentURL: TRANSPILER } : context),
  });
  try {
    return (await import("@bytecodealliance/componentize-js")).componentize;
  } finally {
    hooks.deregister();
  }
}

/** Build a StarlingMonkey component of the full world; results are kept in the temp directory. */
export async function buildStarling(jsSource: string): Promise<Uint8Array> {
  const directory = join(tmpdir(), "alga-runner-test-components");
  const key = createHash("sha256").update(`starling ${jsSource}`).update(ALGA_EXTENSION_WIT).digest("hex");
  const path = join(directory, `${key}.wasm`);
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    mkdirSync(directory, { recursive: true });
    const componentize = await loadComponentize();
    const options = { worldName: "runner", disableFeatures: [...NO_WASI] };
    // The type asks for a path even where the source is text.
    const { component } = await componentize(
      jsSource,
      ALGA_EXTENSION_WIT,
      options as Parameters<typeof componentize>[2],
    );
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, component);
    renameSync(temporary, path);
    return new Uint8Array(component);
  }
}

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";

/** Assemble a component from text. */
export async function wat(text: string): Promise<Uint8Array> {
  return await parse(text);
}

const TYPES = `
  (type $header (record (field "name" string) (field "value" string)))
  (type $bytes (list u8))
  (type $optional-bytes (option $bytes))
  (type $optional-string (option string))`;

/**
 * A component with a `handler` of one parameterless core function: not the pinned type, but enough for checks of
 * names. `core` goes into its core module, `exportName` is what that module calls the function.
 */
export async function componentWithCoreExport(exportName: string): Promise<Uint8Array> {
  const quoted = Array.from(
    new TextEncoder().encode(exportName),
    (byte) => `\\${byte.toString(16).padStart(2, "0")}`,
  ).join("");
  return await wat(`(component ${TYPES}
    (core module $m (func (export "${quoted}") (result i32) i32.const 7))
    (core instance $i (instantiate $m))
    (func (export "handler") (result u32) (canon lift (core func $i "${quoted}")))
  )`);
}

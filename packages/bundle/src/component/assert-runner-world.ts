import { ALGA_EXTENSION_WIT, WIT_INTERFACES, WIT_PACKAGE } from "@alga-ext/protocol/wit";
import { BundleError } from "../errors.ts";
import type { ComponentReport } from "./inspect-component.ts";

/** Options of {@link assertRunnerWorld}. */
export interface RunnerWorldOptions {
  /** Interfaces of `alga:extension` it may import. @default all of them */
  readonly interfaces?: readonly string[];
}

/** Linked to inert stubs by the runner; http, sockets and filesystem never are. */
const INERT_WASI = /^wasi:(?:cli|clocks|io|random)\/[a-z][a-z0-9-]*@0\.2\.\d{1,3}$/;
/** `use types.{…}` in the world itself. */
const TYPES: ReadonlySet<string> = new Set(["execute-request", "execute-response"]);
const EXPORTS: ReadonlySet<string> = new Set(["handler", "init"]);

/**
 * Compare the names a component imports and exports with world `alga:extension/runner`: no others, and a `handler`.
 *
 * `init` is tolerated because the QuickJS toolchain leaves it behind; it is never called. This compares names, so it
 * is the quick gate at publish; identity of types is the runner's business when it prepares the component.
 *
 * @throws {BundleError} `world_mismatch`, with `details.imports` and `details.exports` that do not belong
 */
export function assertRunnerWorld(
  report: Pick<ComponentReport, "imports" | "importFunctions" | "importedTypes" | "exports">,
  options: RunnerWorldOptions = {},
): void {
  const allowed = new Map<string, ReadonlySet<string>>(
    ["types", ...(options.interfaces ?? WIT_INTERFACES)].map((name) => [
      `${WIT_PACKAGE}/${name}`,
      functionsOf(name),
    ]),
  );
  const imports = report.imports.flatMap((name) => {
    if (INERT_WASI.test(name)) return [];
    const known = allowed.get(name);
    if (known === undefined) return [name];
    return (report.importFunctions[name] ?? []).filter((fn) => !known.has(fn)).map((fn) => `${name}#${fn}`);
  });
  imports.push(...report.importedTypes.filter((name) => !TYPES.has(name)));
  const exports = report.exports.filter((name) => !EXPORTS.has(name));
  const missing = report.exports.includes("handler") ? [] : ["handler"];
  if (imports.length + exports.length + missing.length === 0) return;
  throw new BundleError("world_mismatch", "The component is not built for world alga:extension/runner.", {
    details: { imports: imports.slice(0, 20), exports: exports.slice(0, 20), missing },
  });
}

function functionsOf(name: string): ReadonlySet<string> {
  const from = ALGA_EXTENSION_WIT.indexOf(`interface ${name} {`);
  if (from === -1) return new Set();
  const body = ALGA_EXTENSION_WIT.slice(from, ALGA_EXTENSION_WIT.indexOf("\n}", from));
  return new Set(Array.from(body.matchAll(/^ {2}([a-z][a-z0-9-]*): func\(/gm), (match) => match[1] ?? ""));
}

import {
  ALGA_EXTENSION_WIT,
  FIRST_WIT_INTERFACES,
  WIT_INTERFACES,
  WIT_PACKAGE,
  type WitInterface,
} from "@alga-ext/protocol/wit";
import type { ComponentReport } from "./inspect-component.ts";

/** What of a component's imports and exports counts as its world. */
export type WorldNames = Pick<ComponentReport, "imports" | "importFunctions" | "importedTypes" | "exports">;

/** Options of {@link matchWorld}. */
export interface RunnerWorldOptions {
  /** Interfaces of `alga:extension` it may import. @default all of them */
  readonly interfaces?: readonly string[];
  /** Interfaces that the host adds: functions by import name, such as `acme:crm/deals@1.0.0`. @default none */
  readonly hostInterfaces?: Readonly<Record<string, readonly string[]>>;
}

/** How a component compares with world `alga:extension/runner`. */
export interface WorldMatch {
  /** Nothing foreign is imported or exported, and `handler` is there. */
  readonly matches: boolean;
  /** `full`: it imports every interface of the first world, as toolchains did that built for all of it; `partial`: only some. */
  readonly coverage: "full" | "partial";
  /** Interfaces of `alga:extension` it imports, in WIT order. */
  readonly interfaces: readonly WitInterface[];
  /** Imports outside the world: instances, `instance#function`, types. */
  readonly foreignImports: readonly string[];
  /** Exports other than `handler` and `init`. */
  readonly foreignExports: readonly string[];
  /** Exports it lacks. */
  readonly missingExports: readonly string[];
}

/** Linked to inert stubs by the runner; http, sockets and filesystem never are. */
const INERT_WASI = /^wasi:(?:cli|clocks|io|random)\/[a-z][a-z0-9-]*@0\.2\.\d{1,3}$/;
/** `use types.{…}` in the world itself. */
const TYPES: ReadonlySet<string> = new Set(["execute-request", "execute-response"]);
/** The QuickJS toolchain leaves `init` behind; it is never called. */
const EXPORTS: ReadonlySet<string> = new Set(["handler", "init"]);

/**
 * Compare the names a component imports and exports with world `alga:extension/runner`.
 *
 * Names only: identity of types is the runner's business when it prepares the component.
 */
export function matchWorld(report: WorldNames, options: RunnerWorldOptions = {}): WorldMatch {
  const allowed = new Map<string, ReadonlySet<string>>(
    ["types", ...(options.interfaces ?? WIT_INTERFACES)].map((name) => [
      `${WIT_PACKAGE}/${name}`,
      functionsOf(name),
    ]),
  );
  for (const [name, functions] of Object.entries(options.hostInterfaces ?? {})) {
    allowed.set(name, new Set(functions));
  }
  const foreignImports = report.imports.flatMap((name) => {
    if (INERT_WASI.test(name)) return [];
    const known = allowed.get(name);
    if (known === undefined) return [name];
    return (report.importFunctions[name] ?? []).filter((fn) => !known.has(fn)).map((fn) => `${name}#${fn}`);
  });
  foreignImports.push(...report.importedTypes.filter((name) => !TYPES.has(name)));
  const foreignExports = report.exports.filter((name) => !EXPORTS.has(name));
  const missingExports = report.exports.includes("handler") ? [] : ["handler"];
  const interfaces = WIT_INTERFACES.filter((name) => report.imports.includes(`${WIT_PACKAGE}/${name}`));
  return {
    matches: foreignImports.length + foreignExports.length + missingExports.length === 0,
    coverage: FIRST_WIT_INTERFACES.every((name) => interfaces.includes(name)) ? "full" : "partial",
    interfaces,
    foreignImports,
    foreignExports,
    missingExports,
  };
}

function functionsOf(name: string): ReadonlySet<string> {
  const from = ALGA_EXTENSION_WIT.indexOf(`interface ${name} {`);
  if (from === -1) return new Set();
  const body = ALGA_EXTENSION_WIT.slice(from, ALGA_EXTENSION_WIT.indexOf("\n}", from));
  return new Set(Array.from(body.matchAll(/^ {2}([a-z][a-z0-9-]*): func\(/gm), (match) => match[1] ?? ""));
}

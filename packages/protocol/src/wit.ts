/**
 * The WIT package `alga:extension` as text, for tools that build or check components.
 *
 * Import from `@alga-ext/protocol/wit`. The source of truth is `wit/alga-extension.wit` in this package.
 * @module
 */
export { ALGA_EXTENSION_WIT } from "./wit.generated.ts";

/** Name of the WIT package, without a version. */
export const WIT_PACKAGE = "alga:extension";
/** Name of the world every handler component targets. */
export const WIT_WORLD = "runner";
/** Interfaces of the first version of the world: a component that imports all of them was built for the whole world. */
export const FIRST_WIT_INTERFACES = [
  "context",
  "secrets",
  "http",
  "storage",
  "logging",
  "ui-proxy",
  "user",
  "user-v2",
  "scheduler",
  "invoicing",
  "clients",
  "services",
] as const;
/** Interfaces the full world imports, in WIT order; new ones are added at the end. */
export const WIT_INTERFACES = [...FIRST_WIT_INTERFACES, "config", "metrics"] as const;
/** One interface of `alga:extension`. */
export type WitInterface = (typeof WIT_INTERFACES)[number];

import { ALGA_EXTENSION_WIT } from "./wit.generated.ts";

/**
 * The WIT text with world `runner` reduced to the named imports, so that a component built against it imports
 * nothing its manifest does not ask for.
 *
 * @throws {TypeError} on a name that is not an interface of the world.
 */
export function subWorldWit(interfaces: readonly WitInterface[]): string {
  const unknown = interfaces.filter((name) => !WIT_INTERFACES.includes(name));
  if (unknown.length > 0) throw new TypeError(`Not interfaces of world ${WIT_WORLD}: ${unknown.join(", ")}.`);
  const wanted = new Set<string>(interfaces);
  return ALGA_EXTENSION_WIT.replace(/^ {2}import ([a-z0-9-]+);\n/gm, (line, name: string) =>
    wanted.has(name) ? line : "",
  );
}

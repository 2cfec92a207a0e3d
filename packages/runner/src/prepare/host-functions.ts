import { ALGA_EXTENSION_WIT, WIT_INTERFACES, WIT_PACKAGE, type WitInterface } from "@alga-ext/protocol/wit";

/** A function of a pinned interface. */
export interface HostFunction {
  /** Name in the WIT, such as `list-entries`. */
  readonly wit: string;
  /** Name as JavaScript sees it, such as `listEntries`. */
  readonly js: string;
}

/** Functions of each pinned interface, read from the WIT text itself. */
export const HOST_FUNCTIONS: ReadonlyMap<WitInterface, readonly HostFunction[]> = new Map(
  WIT_INTERFACES.map((name) => [name, functionsOf(name)]),
);

/** What the transpiler must treat as asynchronous: every function of every pinned interface. */
export const ASYNC_IMPORTS: readonly string[] = WIT_INTERFACES.flatMap((name) =>
  (HOST_FUNCTIONS.get(name) ?? []).map(({ wit }) => `${WIT_PACKAGE}/${name}#${wit}`),
);

function functionsOf(name: string): HostFunction[] {
  const start = ALGA_EXTENSION_WIT.indexOf(`interface ${name} {`);
  const body = ALGA_EXTENSION_WIT.slice(start, ALGA_EXTENSION_WIT.indexOf("\n}", start));
  return Array.from(body.matchAll(/^ {2}([a-z][a-z0-9-]*): func\(/gm), ([, wit = ""]) => ({
    wit,
    js: wit.replace(/-([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()),
  }));
}

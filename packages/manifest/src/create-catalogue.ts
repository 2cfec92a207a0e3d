import { CAPABILITIES } from "./capabilities.ts";
import type { Capability, Catalogue } from "./ports.ts";

const ALIASES: ReadonlyMap<string, string> = new Map([["cap:log", "cap:log.emit"]]);
const NAME = /^cap:[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/;
const INTERFACE =
  /^(?!alga:extension\/|wasi:)[a-z][a-z0-9-]*:[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*(?:@\d+\.\d+\.\d+)?$/;
const ROUTE = /^[a-z][a-z0-9-]*$/;

/**
 * A catalogue of the platform's capabilities and a host's own.
 *
 * @throws {TypeError} when an entry is malformed, or takes a name, interface or route that is taken.
 * @example
 * const catalogue = createCatalogue([{
 *   name: "cap:ticket.read", interfaces: ["acme:psa/tickets"], byDefault: false, risk: "medium",
 *   sentence: "Read your tickets", route: "tickets",
 * }]);
 * parseManifest(text, { catalogue });
 */
export function createCatalogue(extra: readonly Capability[]): Catalogue {
  const capabilities: readonly Capability[] = Object.freeze([
    ...CAPABILITIES,
    ...extra.map((item) => Object.freeze({ ...item, interfaces: Object.freeze([...item.interfaces]) })),
  ]);
  for (const item of capabilities.slice(CAPABILITIES.length)) assertWellFormed(item);
  assertUnique(
    "name",
    capabilities.flatMap(({ name }) => [name]),
    [...ALIASES.keys()],
  );
  assertUnique(
    "interface",
    capabilities.flatMap(({ interfaces }) => interfaces),
  );
  assertUnique(
    "route",
    capabilities.flatMap(({ route }) => route ?? []),
  );

  const byName = new Map(capabilities.map((item) => [item.name, item]));
  const normalize = (name: string): string | null => {
    if (byName.has(name)) return name;
    const lower = name.trim().toLowerCase();
    const prefixed = lower.startsWith("cap:") ? lower : `cap:${lower}`;
    const known = ALIASES.get(prefixed) ?? prefixed;
    return byName.has(known) ? known : null;
  };
  return {
    capabilities,
    normalize,
    find(name) {
      const known = normalize(name);
      return known === null ? null : (byName.get(known) ?? null);
    },
  };
}

/** The platform's capabilities alone. */
export const PLATFORM_CATALOGUE: Catalogue = createCatalogue([]);

function assertWellFormed({ name, interfaces, sentence, risk, route }: Capability): void {
  if (!NAME.test(name)) throw new TypeError(`A capability's name looks like cap:ticket.read, not ${name}.`);
  const wrong = interfaces.find((one) => !INTERFACE.test(one));
  if (wrong !== undefined) {
    throw new TypeError(`An interface of a host looks like acme:psa/tickets, not ${wrong} (${name}).`);
  }
  if (sentence.trim() === "") throw new TypeError(`${name} needs a sentence for the consent screen.`);
  if (!["low", "medium", "high"].includes(risk)) throw new TypeError(`${name} needs a risk.`);
  if (route !== undefined && !ROUTE.test(route)) {
    throw new TypeError(`A route is lower-case letters, digits and hyphens, not ${route} (${name}).`);
  }
}

function assertUnique(what: string, names: readonly string[], taken: readonly string[] = []): void {
  const seen = new Set(taken);
  for (const name of names) {
    if (seen.has(name)) throw new TypeError(`The capability ${what} ${name} is taken.`);
    seen.add(name);
  }
}

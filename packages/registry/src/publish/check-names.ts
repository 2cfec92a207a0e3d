import type { Manifest } from "@alga-ext/manifest";
import { RegistryError } from "../errors.ts";

const MAX_CHARS = 100;
/** No dot: in the slug `publisher.name` the first dot ends the publisher. */
const PUBLISHER = /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/;
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const LOOKALIKES: Readonly<Record<string, string>> = { "0": "o", "1": "l", _: "-", ".": "-" };

/**
 * Refuse names that a reader, a URL or a slug could take for others. Manifests are liberal about them; the registry is
 * where they have to be told apart.
 *
 * @throws {RegistryError} `invalid_name`
 */
export function checkNames({ publisher, name }: Pick<Manifest, "publisher" | "name">): void {
  check("publisher", publisher, PUBLISHER);
  check("name", name, NAME);
}

/** What every name that reads like this one has in common; a migration says the same in SQL. */
export function lookalikeOf(name: string): string {
  return name.toLowerCase().replaceAll(/[01_.]/g, (char) => LOOKALIKES[char] ?? char);
}

function check(field: "publisher" | "name", value: string, pattern: RegExp): void {
  if (value.length <= MAX_CHARS && pattern.test(value)) return;
  const punctuation = field === "publisher" ? "- and _" : "-, _ and .";
  throw new RegistryError(
    "invalid_name",
    `"${field}" has 1 to ${MAX_CHARS} of the letters A to Z, digits, ${punctuation}, and a letter or digit at both ends.`,
    { details: { field, value } },
  );
}

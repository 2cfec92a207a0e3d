import { validateAgainst, type JsonSchema, type JsonType } from "@alga-ext/manifest";
import { RegistryError } from "../errors.ts";
import type { Schema } from "./schemas/schema.ts";

/** Where a value of a request stands. */
export type Place = "path" | "query" | "body";

/**
 * Refuse a value that is not what its schema says, with every problem and its pointer.
 *
 * @throws {RegistryError} `invalid_request` with `details.in` and `details.problems`
 */
export function checkInput(schema: JsonSchema, value: unknown, place: Place): void {
  const [first, ...rest] = validateAgainst(schema, value);
  if (first === undefined) return;
  const problems = [first, ...rest].map(({ pointer, code, message }) => ({ pointer, code, message }));
  throw new RegistryError("invalid_request", `${place} ${first.pointer}: ${first.message}`, {
    details: { in: place, problems },
  });
}

/**
 * A query as the object that its schema describes; names that the schema does not know are left out.
 *
 * @throws {RegistryError} `invalid_request` when a name stands twice or a value has not its type
 */
export function readQuery(schema: Schema<object>, search: URLSearchParams): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const [name, node] of Object.entries(schema.properties ?? {})) {
    const [given, ...more] = search.getAll(name);
    if (given === undefined) continue;
    if (more.length > 0) {
      throw new RegistryError("invalid_request", `The query has ${name} twice.`, {
        details: {
          in: "query",
          problems: [{ pointer: `/${name}`, code: "not_unique", message: "Once is enough." }],
        },
      });
    }
    const value = toTyped(typeof node === "object" ? node.type : undefined, given);
    if (value !== undefined) entries.push([name, value]);
  }
  const query = Object.fromEntries(entries);
  checkInput(schema, query, "query");
  return query;
}

// What cannot be converted stays text, and is then refused as such. An empty number is none.
function toTyped(type: JsonType | readonly JsonType[] | undefined, text: string): unknown {
  if (type === "integer") return text === "" ? undefined : /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (type === "boolean")
    return text === "true" ? true : text === "false" ? false : text === "" ? undefined : text;
  return text;
}

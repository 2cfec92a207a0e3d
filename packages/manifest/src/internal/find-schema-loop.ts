import type { JsonValue } from "@alga-ext/protocol";

/** The definition that leads back to itself without going deeper into the value: checking it would never end. */
export function findSchemaLoop(
  schema: JsonValue,
  definitions: { readonly [name: string]: JsonValue },
): string | null {
  const done = new Set<string>();
  const open = new Set<string>();
  const follow = (node: JsonValue): string | null => {
    if (typeof node !== "object" || node === null || Array.isArray(node)) return null;
    const { $ref, allOf = [], anyOf = [], oneOf = [] } = node as { readonly [key: string]: JsonValue };
    for (const next of [allOf, anyOf, oneOf].flat() as readonly JsonValue[]) {
      const found = follow(next);
      if (found !== null) return found;
    }
    if (typeof $ref !== "string") return null;
    const name = $ref.slice("#/$defs/".length);
    if (open.has(name)) return name;
    if (done.has(name)) return null;
    open.add(name);
    const found = follow(definitions[name] ?? true);
    open.delete(name);
    done.add(name);
    return found;
  };
  for (const node of [schema, ...Object.values(definitions)]) {
    const found = follow(node);
    if (found !== null) return found;
  }
  return null;
}

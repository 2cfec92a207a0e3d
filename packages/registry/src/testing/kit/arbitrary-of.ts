import type { JsonSchema } from "@alga-ext/manifest";
import * as fc from "fast-check";
import { COMPONENTS } from "../../http/schemas/components.ts";

const UUID = fc.uuid();
const TIME = fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.toISOString());
const ODD_TEXT = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "latest",
    "1.0.*",
    "*",
    "'; --",
    "../..",
    "%00",
    "\u0000",
    "\ud800",
    "constructor",
    "__proto__",
  ),
);

/** Values that mostly fit a schema of the route table, and sometimes are anything. */
export function arbitraryOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { arbitrary: fitting(schema), weight: 9 },
    { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 1 },
  );
}

function fitting(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (typeof schema === "boolean") return fc.jsonValue();
  const name = schema.$ref?.slice("#/$defs/".length);
  if (name !== undefined) return fitting(COMPONENTS[name as keyof typeof COMPONENTS]);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(arbitraryOf));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const [type] = [schema.type ?? "any"].flat();
  switch (type) {
    case "string":
      if (schema.format === "uuid") return UUID;
      return schema.format === "date-time" ? TIME : ODD_TEXT;
    case "integer":
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000_000 });
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(arbitraryOf(schema.items ?? true), { maxLength: 3 });
    case "object": {
      const members = Object.entries(schema.properties ?? {}).map(
        ([key, node]) => [key, arbitraryOf(node)] as const,
      );
      const named = fc.record(Object.fromEntries(members), { requiredKeys: [...(schema.required ?? [])] });
      if (typeof schema.additionalProperties !== "object") return named;
      return fc.dictionary(ODD_TEXT, arbitraryOf(schema.additionalProperties), { maxKeys: 3 });
    }
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

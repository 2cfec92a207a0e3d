import { GiveUp, SchemaCheck } from "./internal/schema-check.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { SchemaError } from "./schema-error.ts";

/** Limits of one validation. */
export interface ValidateOptions {
  /** Errors after which it stops. @default 20 */
  readonly maxErrors?: number;
  /** Work after which it gives up with `too_complex`: values, members, characters. @default 500000 */
  readonly maxSteps?: number;
}

/**
 * Check a JSON value against a schema of an extension: nothing is compiled, and the work is bounded.
 *
 * Keywords are those of {@link JsonSchema}, with the meaning they have in JSON Schema 2020-12; of `format`, date,
 * date-time, email, uri and uuid are checked. What cannot be checked to the end is refused (`too_deep`, `too_complex`,
 * `bad_schema`), never let through.
 *
 * @param value What `JSON.parse` gave.
 * @returns an empty list when the value is valid.
 * @example
 * validateAgainst({ type: "object", required: ["title"] }, {}); // [{ code: "missing", pointer: "/title", … }]
 */
export function validateAgainst(
  schema: JsonSchema,
  value: unknown,
  options: ValidateOptions = {},
): readonly SchemaError[] {
  const { maxErrors = 20, maxSteps = 500_000 } = options;
  const check = new SchemaCheck(schema, { maxErrors, maxSteps });
  try {
    check.fits(schema, value);
    return check.errors;
  } catch (error) {
    if (!(error instanceof GiveUp)) throw error;
    return [
      ...check.errors.slice(0, maxErrors - 1),
      { code: error.code, pointer: "", message: error.message },
    ];
  }
}

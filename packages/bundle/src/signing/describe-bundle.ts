import type { SigningStatement } from "@alga-ext/protocol";
import { BundleError } from "../errors.ts";
import { toStatement, type VerifiableBundle } from "./statement.ts";

/**
 * Rebuild the statement from the bundle itself and compare it field by field.
 *
 * @throws {BundleError} `statement_mismatch`, with `details.fields`
 */
export function assertDescribes(statement: SigningStatement, bundle: VerifiableBundle): void {
  const actual = toStatement(bundle, { createdAt: statement.createdAt });
  const differing = (Object.keys(actual) as (keyof SigningStatement)[]).filter(
    (field) => JSON.stringify(actual[field]) !== JSON.stringify(reorder(statement, field)),
  );
  if (differing.length > 0) throw statementMismatch(differing);
}

/** The refusal of a statement about something else. */
export function statementMismatch(fields: readonly string[]): BundleError {
  const message = `The signature is about another bundle: ${fields.join(", ")} differ.`;
  return new BundleError("statement_mismatch", message, { details: { fields } });
}

/** A field with its keys in our order, so that only meaning is compared. */
function reorder(statement: SigningStatement, field: keyof SigningStatement): unknown {
  if (field !== "files") return statement[field];
  return statement.files.map(({ path, size, sha256 }) => ({ path, size, sha256 }));
}

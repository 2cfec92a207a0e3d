/** Which rule a value breaks, or why it could not be checked to the end. */
export type SchemaErrorCode =
  | "wrong_type"
  | "not_allowed"
  | "missing"
  | "unknown_key"
  | "too_few"
  | "too_many"
  | "not_unique"
  | "too_short"
  | "too_long"
  | "pattern"
  | "format"
  | "too_small"
  | "too_big"
  | "not_a_multiple"
  | "no_match"
  | "several_matches"
  | "too_deep"
  | "too_complex"
  | "bad_schema";

/** One place at which a value breaks its schema. */
export interface SchemaError {
  readonly code: SchemaErrorCode;
  /** JSON pointer into the value. */
  readonly pointer: string;
  /** What is wrong, in a sentence. */
  readonly message: string;
}

import { CodedError, type JsonValue } from "@alga-ext/protocol";

/** The code and details that a promise is refused with; fails when it is not refused, or without a code. */
export async function refusalOf(
  promise: Promise<unknown>,
): Promise<{ readonly code: string; readonly details: { readonly [key: string]: JsonValue } }> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof CodedError) return { code: error.code, details: error.details };
  throw new Error("expected a coded refusal", { cause: error });
}

/** SQLSTATE of a refused statement. */
export async function sqlStateOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (typeof error === "object" && error !== null && "code" in error) return String(error.code);
  throw new Error("expected a database refusal", { cause: error });
}

import { CodedError, type JsonValue } from "@alga-ext/protocol";

/** What the gateway turns into 400, 403 and 404. */
const STATUS = { INVALID_INPUT: 400, NOT_ALLOWED: 403 } as const;

/** A refusal that an extension may see. */
export function refusal(
  code: keyof typeof STATUS,
  message: string,
  details: { readonly [key: string]: JsonValue } = {},
): CodedError {
  return new CodedError(code, STATUS[code], message, { details });
}

import { CodedError, type JsonValue } from "@alga-ext/protocol";
import type { SdkErrorCode } from "../errors.ts";

/** `request_failed`: a status of 400 or above; `invalid_json`: a success whose body is not JSON. */
export type ApiErrorCode = Extract<SdkErrorCode, "request_failed" | "invalid_json">;

/** An answer of the extension's API that is not a JSON success; `status` is the HTTP status. */
export class ApiError extends CodedError<ApiErrorCode> {
  static override readonly brand = "ApiError";

  /** The parsed JSON body, else its text, else null when it was empty. */
  readonly body: JsonValue;
  /** The `error` field of a JSON body, such as `endpoint_not_found`. */
  readonly error: string | null;
  /** What the host calls this request in its log. */
  readonly requestId: string | null;

  constructor(
    code: ApiErrorCode,
    answer: { readonly status: number; readonly body: JsonValue; readonly requestId: string | null },
  ) {
    const error = errorField(answer.body);
    super(
      code,
      answer.status,
      `The request failed with status ${answer.status}${error === null ? "" : ` (${error})`}.`,
      {
        details: { status: answer.status, body: answer.body },
        retryable: answer.status === 429 || answer.status >= 502,
      },
    );
    this.body = answer.body;
    this.error = error;
    this.requestId = answer.requestId;
  }
}

function errorField(body: JsonValue): string | null {
  if (typeof body !== "object" || body === null || !Object.hasOwn(body, "error")) return null;
  const value: unknown = Reflect.get(body, "error");
  return typeof value === "string" ? value : null;
}

import { SdkError } from "../errors.ts";
import type { ExecuteRequest } from "../ports.ts";

/**
 * The request body parsed as JSON.
 *
 * @throws {SdkError} `invalid_json` when there is no body, or it is not JSON in UTF-8; uncaught, that answers 400.
 */
export function readJson(request: ExecuteRequest): unknown {
  const { body } = request.http;
  if (body === undefined || body.length === 0) throw new SdkError("invalid_json", "The request has no body.");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    throw new SdkError("invalid_json", "The request body is not JSON.", { cause: error });
  }
}

import { RegistryError } from "../errors.ts";

/** Largest JSON body of a registry route: 1 MiB. */
const MAX_BODY_BYTES = 1_048_576;

/** A JSON object from a request body; its fields are still anything. */
export type JsonBody = Readonly<Record<string, unknown>>;

/**
 * Read a JSON object. The content type is required: a page of another origin cannot send it unasked.
 *
 * @throws {RegistryError} `unsupported_media_type`, `payload_too_large`, `invalid_request`
 */
export async function readJson(request: Request): Promise<JsonBody> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new RegistryError("unsupported_media_type", "Send the body as application/json.");
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new RegistryError("payload_too_large", `A request body has at most ${MAX_BODY_BYTES} bytes.`);
    }
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    throw new RegistryError("invalid_request", "The body is not JSON.", { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RegistryError("invalid_request", "The body must be a JSON object.");
  }
  return value as JsonBody;
}

/** @throws {RegistryError} `invalid_request` unless the field is text of 1 to `maxLength` characters. */
export function textField(body: JsonBody, field: string, maxLength = 1024): string {
  const value = body[field];
  if (typeof value === "string" && value !== "" && value.length <= maxLength && !value.includes("\0"))
    return value;
  throw invalid(field, `must be text of 1 to ${maxLength} characters`);
}

/** @throws {RegistryError} `invalid_request` unless the field is absent or text. */
export function optionalText(body: JsonBody, field: string, maxLength = 1024): string | undefined {
  return body[field] === undefined || body[field] === null ? undefined : textField(body, field, maxLength);
}

/** @throws {RegistryError} `invalid_request` unless the field is a list of at most 200 texts. */
export function textListField(body: JsonBody, field: string): string[] {
  const value = body[field];
  if (
    Array.isArray(value) &&
    value.length <= 200 &&
    value.every((item) => typeof item === "string" && item.length <= 512)
  ) {
    return value as string[];
  }
  throw invalid(field, "must be a list of at most 200 texts");
}

/** The error for a field that is not what it must be. */
export function invalid(field: string, problem: string): RegistryError {
  return new RegistryError("invalid_request", `${field} ${problem}.`, { details: { field } });
}

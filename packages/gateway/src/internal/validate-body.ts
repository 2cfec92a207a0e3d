import { validateAgainst } from "@alga-ext/manifest";
import type { InstalledEndpoint } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const MAX_PROBLEMS = 5;
const MAX_MESSAGE_CHARACTERS = 2000;

/**
 * Check a body against the schema of its endpoint, when that has one. The schema is the extension's own and is never
 * compiled; checking it has bounds.
 *
 * @throws {GatewayError} `unsupported_media_type` when the body is no JSON by its content type, `invalid_request` when
 *   it does not parse or does not fit; the message says where.
 */
export function validateBody(
  { request: schema, method }: InstalledEndpoint,
  { body, contentType }: { readonly body: Uint8Array | null; readonly contentType: string | null },
): void {
  // A GET has no body, whatever is declared for it.
  if (schema === undefined || method === "GET" || method === "HEAD") return;
  if (body === null || body.byteLength === 0)
    throw new GatewayError("invalid_request", "This endpoint takes a JSON body, and there is none.");
  if (contentType !== null && !JSON_TYPE.test(contentType))
    throw new GatewayError("unsupported_media_type", "This endpoint takes JSON: send application/json.");
  const problems = validateAgainst(schema, toJson(body), { maxErrors: MAX_PROBLEMS });
  if (problems.length === 0) return;
  const text = problems.map(({ pointer, message }) => `${pointer === "" ? "/" : pointer}: ${message}`);
  throw new GatewayError(
    "invalid_request",
    `The body does not fit this endpoint. ${text.join(" ")}`.slice(0, MAX_MESSAGE_CHARACTERS),
    { details: { problems: problems.map(({ code, pointer }) => ({ code, pointer })) } },
  );
}

function toJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new GatewayError("invalid_request", "The body is not JSON.", { cause });
  }
}

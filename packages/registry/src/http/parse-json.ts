import { RegistryError } from "../errors.ts";

/** Largest JSON body of a registry route: 1 MiB. */
export const MAX_BODY_BYTES = 1_048_576;

const TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
// On text that is JSON: a string with the colon that makes it a key, or what opens and closes.
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g;

/** Deeper values would overflow the stack of whoever walks them. */
const MAX_DEPTH = 100;

/**
 * Read a JSON body strictly: UTF-8, at most 100 levels, no key twice in one object (readers differ on which one
 * counts), none called `__proto__`. The content type is required: a page of another origin cannot send it unasked.
 *
 * @throws {RegistryError} `unsupported_media_type`, `payload_too_large`, `invalid_request`
 */
export async function readJsonBody(request: Request): Promise<unknown> {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (
    !TYPE.test(request.headers.get("content-type")?.trim() ?? "") ||
    encoding.toLowerCase() !== "identity"
  ) {
    throw new RegistryError(
      "unsupported_media_type",
      "Send the body as application/json in UTF-8, not compressed.",
    );
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new RegistryError("payload_too_large", `A request body has at most ${MAX_BODY_BYTES} bytes.`, {
        details: { limitBytes: MAX_BODY_BYTES },
      });
    }
    chunks.push(chunk);
  }
  return parseStrictJson(Buffer.concat(chunks));
}

/** @throws {RegistryError} `invalid_request` */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let value: unknown;
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    throw new RegistryError("invalid_request", "The body is not JSON in UTF-8.", { cause: error });
  }
  checkKeys(text);
  return value;
}

function checkKeys(text: string): void {
  const open: Set<string>[] = [];
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") {
      if (open.push(new Set()) > MAX_DEPTH) throw invalid(`The body has more than ${MAX_DEPTH} levels.`, {});
    } else if (token === "}" || token === "]") open.pop();
    else if (colon !== undefined) {
      const key = String(JSON.parse(token.slice(0, -colon.length)));
      const keys = open.at(-1);
      const shown = key.slice(0, 100);
      if (key === "__proto__") throw invalid("No key may be called __proto__.", { key: shown });
      if (keys?.has(key) === true)
        throw invalid(`The key ${shown} stands twice in one object.`, { key: shown });
      keys?.add(key);
    }
  }
}

function invalid(message: string, details: { readonly key?: string }): RegistryError {
  return new RegistryError("invalid_request", message, { details: { in: "body", ...details } });
}

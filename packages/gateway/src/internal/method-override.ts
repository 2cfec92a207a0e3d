/** Methods that `__method` may name on `/api/ext-proxy`. */
const OVERRIDES = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);

/** A request after `__method` has been taken out of it. */
export interface Overridden {
  readonly method: string;
  readonly query: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/**
 * Apply the `__method` override of the iframe proxy to a POST (contract §1.2).
 *
 * The query key wins over the field of a JSON object body; values that name no method are ignored; key and field are
 * never forwarded. A body with nothing else in it, and any body of a GET, is dropped. Other bodies pass byte for byte.
 */
export function overrideMethod(input: Overridden & { readonly contentType: string | null }): Overridden {
  const { __method: fromQuery, ...query } = input.query;
  const { field, body } = takeField(input.body, input.contentType);
  const method = toMethod(fromQuery) ?? toMethod(field) ?? input.method;
  return { method, query, body: method === "GET" ? null : body };
}

function toMethod(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const method = value.toUpperCase();
  return OVERRIDES.has(method) ? method : null;
}

function takeField(
  body: Uint8Array<ArrayBuffer> | null,
  contentType: string | null,
): { field: unknown; body: Uint8Array<ArrayBuffer> | null } {
  if (body === null || !/^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType ?? "application/json")) {
    return { field: undefined, body };
  }
  const value = parseJson(body);
  if (
    typeof value !== "object" ||
    value === null ||
    Array.isArray(value) ||
    !Object.hasOwn(value, "__method")
  ) {
    return { field: undefined, body };
  }
  const { __method: field, ...rest } = value as Record<string, unknown>;
  const isEmpty = Object.keys(rest).length === 0;
  return { field, body: isEmpty ? null : new TextEncoder().encode(JSON.stringify(rest)) };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

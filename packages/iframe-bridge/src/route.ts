import { BridgeError } from "./errors.ts";
import { BRIDGE_LIMITS } from "./limits.ts";

const EXTENSION_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
// Spaces and controls could be stripped or folded by a URL parser after our check; a fragment never reaches a server.
const UNSAFE = /[\p{Cc}\p{Z}\ufeff\\#]/u;
// What a server that decodes once more than we do would read as a dot, a separator or a control.
const STILL_ENCODED = /%(?:2e|2f|5c|25|0[0-9a-f]|1[0-9a-f]|7f)/i;
const DECODED_UNSAFE = /[\p{Cc}/\\]/u;

function isSafeSegment(segment: string): boolean {
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch {
    return false;
  }
  if (DECODED_UNSAFE.test(decoded) || STILL_ENCODED.test(decoded)) return false;
  // `..;x` is `..` to servers that strip path parameters.
  return !/^\.{1,2}(?:;|$)/.test(decoded);
}

/** Whether `path` is absolute, without empty inner segments, and cannot climb, however often it is decoded. */
function isSafePath(path: string): boolean {
  if (path.length > BRIDGE_LIMITS.pathLength || !path.startsWith("/") || !path.isWellFormed()) return false;
  if (UNSAFE.test(path)) return false;
  const segments = path.slice(1).split("/");
  return segments.every((segment, index) =>
    segment === "" ? index === segments.length - 1 : isSafeSegment(segment),
  );
}

/**
 * Whether a value is a path an extension may navigate to: `/…`, at most 4096 characters, with an optional query
 * and fragment. Dot segments, `//`, backslashes and their encoded forms are refused, so that a host may append it
 * to a prefix of its own address.
 */
export function isClientPath(value: unknown): value is string {
  if (typeof value !== "string" || value.length > BRIDGE_LIMITS.pathLength) return false;
  const [, path = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(value) ?? [];
  return isSafePath(path) && !/[\p{Cc} \\]/u.test(rest) && rest.isWellFormed();
}

/**
 * The URL a proxied call goes to: `{proxyBase}/{extensionId}{route}`, proven to stay below the extension's prefix.
 *
 * `route` is a path with an optional query; a missing leading slash is added.
 *
 * @throws {BridgeError} `invalid_route` for `..`, `//`, absolute URLs, backslashes, fragments, control characters
 * and their encoded forms.
 * @throws {TypeError} when the extension id or `proxyBase` is not usable in a URL.
 */
export function toProxyUrl(route: string, extensionId: string, proxyBase = "/api/ext-proxy"): string {
  if (!EXTENSION_ID.test(extensionId)) {
    throw new TypeError("extensionId may hold letters, digits, dots, dashes and underscores only.");
  }
  const anchor = new URL(`${proxyBase.replace(/\/+$/, "")}/${extensionId}/`, "http://bridge.invalid");
  const [, rawPath = "", query = ""] = /^([^?]*)(\?.*)?$/s.exec(route) ?? [];
  const path = rawPath.startsWith("/") ? rawPath : `/${rawPath}`;
  if (
    route.length > BRIDGE_LIMITS.pathLength ||
    !isSafePath(path) ||
    UNSAFE.test(query) ||
    !query.isWellFormed()
  ) {
    throw invalidRoute();
  }
  // The parser is the judge: whatever it makes of the string has to sit where we think it sits.
  const url = new URL(`${anchor.pathname.slice(0, -1)}${path}${query}`, anchor);
  if (url.origin !== anchor.origin || !url.pathname.startsWith(anchor.pathname) || url.hash !== "")
    throw invalidRoute();
  const target = `${url.pathname}${url.search}`;
  return anchor.hostname === "bridge.invalid" ? target : `${anchor.origin}${target}`;
}

function invalidRoute(): BridgeError {
  return new BridgeError(
    "invalid_route",
    "The route must be a plain path below the extension, such as /agreements/7?full=1.",
  );
}

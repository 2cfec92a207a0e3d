import { GatewayError } from "../errors.ts";

/** Where a call goes, read once and used for access and for routing alike. */
export interface CallTarget {
  /** `ext` is called directly, `ext-proxy` by the iframe bridge. */
  readonly surface: "ext" | "ext-proxy";
  /** Install UUID, registry UUID or slug, lower-case. */
  readonly extensionId: string;
  /** The path below the extension as the guest will see it: leading `/`, percent-encoding as sent. */
  readonly path: string;
}

const PREFIXES = [
  ["/api/ext/", "ext"],
  ["/api/ext-proxy/", "ext-proxy"],
] as const;
const EXTENSION_ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,199}$/;
const MAX_PATH_CHARACTERS = 4096;
/** What a URL parser leaves in a path: visible ASCII without what ends a path or quotes it. */
const URL_SEGMENT = /^[!$-;=@-[\]-~]*$/;
// Anything that two parsers could read as two different paths: separators, a second round of decoding, controls.
// oxlint-disable-next-line no-control-regex -- finding control characters is the point
const AMBIGUOUS = /[/\\%\u0000-\u001f\u007f-\u009f]/;

/** Which of the call routes a path belongs to; null when it belongs to none. */
export function surfaceOf(pathname: string): CallTarget["surface"] | null {
  return PREFIXES.find(([prefix]) => pathname.startsWith(prefix))?.[1] ?? null;
}

/**
 * Read extension and route from a URL path.
 *
 * @throws {GatewayError} `invalid_path` on anything that could be read in two ways: encoded separators, percent signs
 *   and controls, dot segments, empty segments, broken percent-encoding.
 */
export function toCallTarget(pathname: string): CallTarget {
  const found = PREFIXES.find(([prefix]) => pathname.startsWith(prefix));
  if (found === undefined) throw new GatewayError("not_found", "This is not an extension route.");
  const [prefix, surface] = found;
  if (pathname.length > MAX_PATH_CHARACTERS) throw invalid("it is too long");
  const [extensionId = "", ...segments] = pathname.slice(prefix.length).split("/");
  if (!EXTENSION_ID.test(extensionId)) throw invalid("the extension id has characters that no id has");
  // One trailing slash is no empty segment.
  const routed = segments.at(-1) === "" ? segments.slice(0, -1) : segments;
  for (const segment of routed) assertPlain(segment);
  return { surface, extensionId: extensionId.toLowerCase(), path: `/${segments.join("/")}` };
}

function assertPlain(segment: string): void {
  if (segment === "") throw invalid("it has an empty segment");
  if (!URL_SEGMENT.test(segment)) throw invalid("it has characters that belong percent-encoded");
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch {
    throw invalid("its percent-encoding is broken");
  }
  if (decoded === "." || decoded === "..") throw invalid("it has a dot segment");
  if (AMBIGUOUS.test(decoded))
    throw invalid("it has an encoded separator, percent sign or control character");
}

function invalid(why: string): GatewayError {
  return new GatewayError("invalid_path", `The path cannot be routed: ${why}.`);
}

import { parseHost } from "./parse-host.ts";
import { ENCODE_SETS, percentEncode } from "./percent-encoding.ts";

/** A parsed URL of a special scheme; every part is already encoded. */
export interface UrlRecord {
  /** Without the colon. */
  scheme: string;
  username: string;
  password: string;
  host: string;
  /** Null when it is the scheme's default. */
  port: number | null;
  path: string[];
  query: string | null;
  fragment: string | null;
}

/** Default port of each scheme the guest parses: the special ones, without `file`. */
export const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  ftp: 21,
};

/** Parse as the URL Standard §4.4 does for special schemes; null when it fails. */
export function parseUrl(input: string, base: UrlRecord | null = null): UrlRecord | null {
  const text = input
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- the URL Standard strips control characters
    .replace(/^[\0-\x20]+|[\0-\x20]+$/g, "")
    .replace(/[\t\n\r]/g, "");
  const [beforeFragment, fragmentText] = cut(text, "#");
  const fragment = fragmentText === null ? null : percentEncode(fragmentText, ENCODE_SETS.fragment);
  const schemeMatch = /^([a-z][a-z\d+.-]*):/i.exec(beforeFragment);
  let rest = beforeFragment;
  let scheme = base?.scheme;
  let absolute = false;
  if (schemeMatch !== null) {
    const named = schemeMatch[1]!.toLowerCase();
    if (!(named in DEFAULT_PORTS)) return null;
    rest = beforeFragment.slice(schemeMatch[0].length);
    absolute = named !== base?.scheme || rest.startsWith("//");
    scheme = named;
  } else if (base === null) {
    return null;
  }
  if (absolute || /^[/\\]{2}/.test(rest)) {
    return parseAuthority(scheme!, rest.replace(/^[/\\]+/, ""), fragment);
  }
  return parseRelative(base!, rest, fragment);
}

/** The normalised path that `text` names, starting from `from`. */
export function parsePath(text: string, from: readonly string[] = []): string[] {
  const path = [...from];
  const segments = text.split(/[/\\]/);
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (/^(?:\.|%2e){2}$/i.test(segment)) {
      path.pop();
      if (isLast) path.push("");
    } else if (/^(?:\.|%2e)$/i.test(segment)) {
      if (isLast) path.push("");
    } else {
      path.push(percentEncode(segment, ENCODE_SETS.path));
    }
  }
  return path;
}

/** An authority without credentials at its colon, the one outside brackets; no colon gives a null port. */
export function splitPort(text: string): [host: string, port: string | null] {
  const at = /^(?:\[[^\]]*(?:\]|$)|[^:[])*:/.exec(text)?.[0].length ?? 0;
  return at === 0 ? [text, null] : [text.slice(0, at - 1), text.slice(at)];
}

/** A port as it is stored: null for the scheme's default; undefined when it is too large. */
export function toPort(digits: string, scheme: string): number | null | undefined {
  const port = Number(digits);
  if (port > 65_535) return undefined;
  return port === DEFAULT_PORTS[scheme] ? null : port;
}

/** The URL as text. */
export function serializeUrl(url: UrlRecord): string {
  const password = url.password === "" ? "" : `:${url.password}`;
  const credentials = url.username === "" && password === "" ? "" : `${url.username}${password}@`;
  const port = url.port === null ? "" : `:${url.port}`;
  const query = url.query === null ? "" : `?${url.query}`;
  const fragment = url.fragment === null ? "" : `#${url.fragment}`;
  return `${url.scheme}://${credentials}${url.host}${port}/${url.path.join("/")}${query}${fragment}`;
}

function parseAuthority(scheme: string, text: string, fragment: string | null): UrlRecord | null {
  const end = text.search(/[/\\?]/);
  const authority = end < 0 ? text : text.slice(0, end);
  const at = authority.lastIndexOf("@");
  const [username, password] = at < 0 ? ["", null] : cut(authority.slice(0, at), ":");
  const [hostText, portText] = splitPort(authority.slice(at + 1));
  const host = parseHost(hostText);
  if (host === null || !/^\d*$/.test(portText ?? "")) return null;
  const port = portText === null || portText === "" ? null : toPort(portText, scheme);
  if (port === undefined) return null;
  const [pathText, query] = cut(end < 0 ? "" : text.slice(end), "?");
  return {
    scheme,
    username: percentEncode(username, ENCODE_SETS.userinfo),
    password: percentEncode(password ?? "", ENCODE_SETS.userinfo),
    host,
    port,
    path: parsePath(pathText.slice(1)),
    query: query === null ? null : percentEncode(query, ENCODE_SETS.specialQuery),
    fragment,
  };
}

function parseRelative(base: UrlRecord, text: string, fragment: string | null): UrlRecord {
  const [pathText, queryText] = cut(text, "?");
  const query = queryText === null ? null : percentEncode(queryText, ENCODE_SETS.specialQuery);
  if (pathText === "") {
    return { ...base, path: [...base.path], query: queryText === null ? base.query : query, fragment };
  }
  const path = /^[/\\]/.test(pathText)
    ? parsePath(pathText.slice(1))
    : parsePath(pathText, base.path.slice(0, -1));
  return { ...base, path, query, fragment };
}

function cut(text: string, separator: string): [before: string, after: string | null] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + separator.length)];
}

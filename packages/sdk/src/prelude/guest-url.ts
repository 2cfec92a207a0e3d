import { GuestURLSearchParams } from "./guest-url-search-params.ts";
import { parseHost } from "./parse-host.ts";
import {
  DEFAULT_PORTS,
  parsePath,
  parseUrl,
  serializeUrl,
  splitPort,
  toPort,
  type UrlRecord,
} from "./parse-url.ts";
import { ENCODE_SETS, percentEncode } from "./percent-encoding.ts";

/** `URL` for http, https, ws, wss and ftp; another scheme is an invalid URL. */
export class GuestURL {
  #url: UrlRecord;
  #params: GuestURLSearchParams | undefined;

  constructor(input: unknown, base?: unknown) {
    const url = parse(input, base);
    if (url === null) throw new TypeError(`Invalid URL: ${String(input)}`);
    this.#url = url;
  }

  static canParse(input: unknown, base?: unknown): boolean {
    return parse(input, base) !== null;
  }

  static parse(input: unknown, base?: unknown): GuestURL | null {
    return GuestURL.canParse(input, base) ? new GuestURL(input, base) : null;
  }

  get href(): string {
    return serializeUrl(this.#url);
  }
  set href(value: unknown) {
    const url = parseUrl(String(value));
    if (url === null) throw new TypeError(`Invalid URL: ${String(value)}`);
    this.#url = url;
    this.#params = undefined;
  }

  get origin(): string {
    return `${this.protocol}//${this.host}`;
  }

  get protocol(): string {
    return `${this.#url.scheme}:`;
  }
  set protocol(value: unknown) {
    const scheme = /^([a-z][a-z\d+.-]*)(?::|$)/i.exec(String(value))?.[1]?.toLowerCase();
    if (scheme === undefined || !(scheme in DEFAULT_PORTS)) return;
    this.#url.scheme = scheme;
    if (this.#url.port === DEFAULT_PORTS[scheme]) this.#url.port = null;
  }

  get username(): string {
    return this.#url.username;
  }
  set username(value: unknown) {
    this.#url.username = percentEncode(String(value).toWellFormed(), ENCODE_SETS.userinfo);
  }

  get password(): string {
    return this.#url.password;
  }
  set password(value: unknown) {
    this.#url.password = percentEncode(String(value).toWellFormed(), ENCODE_SETS.userinfo);
  }

  get host(): string {
    return this.#url.port === null ? this.#url.host : `${this.#url.host}:${this.#url.port}`;
  }
  set host(value: unknown) {
    const [hostText, portText] = splitPort(authorityOf(value));
    const host = parseHost(hostText);
    if (host === null) return;
    this.#url.host = host;
    if (portText !== null) this.#setPort(portText);
  }

  get hostname(): string {
    return this.#url.host;
  }
  set hostname(value: unknown) {
    const [hostText, portText] = splitPort(authorityOf(value));
    const host = parseHost(hostText);
    if (host !== null && portText === null) this.#url.host = host;
  }

  get port(): string {
    return this.#url.port === null ? "" : String(this.#url.port);
  }
  set port(value: unknown) {
    if (String(value) === "") this.#url.port = null;
    else this.#setPort(clean(value));
  }

  /** Setters take the digits in front and ignore the rest. */
  #setPort(text: string): void {
    const digits = /^\d+/.exec(text)?.[0];
    const port = digits === undefined ? undefined : toPort(digits, this.#url.scheme);
    if (port !== undefined) this.#url.port = port;
  }

  get pathname(): string {
    return `/${this.#url.path.join("/")}`;
  }
  set pathname(value: unknown) {
    const text = clean(value).replace(/^[/\\]/, "");
    this.#url.path = parsePath(text.replace(/[?#]/g, (char) => (char === "?" ? "%3F" : "%23")));
  }

  get search(): string {
    return this.#url.query === null || this.#url.query === "" ? "" : `?${this.#url.query}`;
  }
  set search(value: unknown) {
    const text = clean(value).replace(/^\?/, "");
    this.#url.query = String(value) === "" ? null : percentEncode(text, ENCODE_SETS.specialQuery);
    this.#params = undefined;
  }

  get searchParams(): GuestURLSearchParams {
    this.#params ??= new GuestURLSearchParams(this.#url.query ?? "", () => {
      const query = String(this.#params);
      this.#url.query = query === "" ? null : query;
    });
    return this.#params;
  }

  get hash(): string {
    return this.#url.fragment === null || this.#url.fragment === "" ? "" : `#${this.#url.fragment}`;
  }
  set hash(value: unknown) {
    const text = clean(value).replace(/^#/, "");
    this.#url.fragment = String(value) === "" ? null : percentEncode(text, ENCODE_SETS.fragment);
  }

  get [Symbol.toStringTag](): string {
    return "URL";
  }

  toString(): string {
    return this.href;
  }

  toJSON(): string {
    return this.href;
  }
}

function parse(input: unknown, base?: unknown): UrlRecord | null {
  const parsedBase = base === undefined ? null : parseUrl(toText(base));
  if (base !== undefined && parsedBase === null) return null;
  return parseUrl(toText(input), parsedBase);
}

function toText(value: unknown): string {
  return String(value);
}

function clean(value: unknown): string {
  return String(value)
    .toWellFormed()
    .replace(/[\t\n\r]/g, "");
}

/** What a host setter takes of its value: everything before the first delimiter. */
function authorityOf(value: unknown): string {
  return clean(value).replace(/[/\\?#].*$/s, "");
}

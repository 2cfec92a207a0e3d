import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GuestURL } from "./guest-url.ts";

const PARTS = [
  "href",
  "origin",
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
] as const;

/** Every part of a URL, or null when it does not parse. */
function parts(create: () => URL | GuestURL): Record<string, string> | null {
  try {
    const url = create();
    return Object.fromEntries(PARTS.map((name) => [name, url[name]]));
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return null;
  }
}

/** Hosts outside ASCII and punycode labels need tables that the guest does not have; it refuses or keeps them. */
const isComparable = (input: string): boolean =>
  // oxlint-disable-next-line no-control-regex -- ASCII is the point
  !/[^\x00-\x7f]|xn--|%[89a-f]/i.test(input);

const scheme = fc.constantFrom("http:", "https:", "HTTP:", "ws:", "wss:", "ftp:", "", "http", "x", "//", ":");
const piece = fc.oneof(
  fc.constantFrom(
    "/",
    "//",
    "\\",
    "?",
    "#",
    "@",
    ":",
    ".",
    "..",
    "%2e",
    "%2E%2e",
    "./",
    "../",
    "a",
    "b.example",
    "127.0.0.1",
    "0x7f.1",
    "[::1]",
    "[1:2::3.4.5.6]",
    "[::]",
    "256",
    "1.2.3",
    "08",
    "%41",
    "%",
    "%zz",
    "é",
    "🚀",
    "\ud800",
    " ",
    "\t",
    "\n",
    "'",
    '"',
    "<",
    ">",
    "^",
    "`",
    "{",
    "|",
    "}",
    "~",
    "&",
    "=",
    "+",
    ":80",
    ":443",
    ":0",
    ":99999",
    "user",
    "pa:ss@",
    "&amp;",
    "\0",
    "\x7f",
  ),
  fc.string({ maxLength: 4, unit: "binary-ascii" }),
  fc.webPath(),
);
const messy = fc.tuple(scheme, fc.array(piece, { maxLength: 7 })).map(([head, tail]) => head + tail.join(""));
const plausible = fc
  .tuple(
    fc.constantFrom("http://", "https://", "ws:/", "ftp:\\\\", "//", "/", ""),
    fc.oneof(
      fc.domain(),
      fc.ipV4Extended(),
      fc.ipV6().map((ip) => `[${ip}]`),
    ),
    fc.array(piece, { maxLength: 5 }),
  )
  .map(([head, host, tail]) => head + host + tail.join(""));
const input = fc.oneof(messy, plausible);

const isSpecial = (url: URL | null): boolean => url === null || /^(?:https?|wss?|ftp):$/.test(url.protocol);
/** What Node says, or null for schemes the guest does not parse. */
function oracle(text: string, base?: string): URL | null {
  const url = URL.parse(text, base);
  return isSpecial(url) ? url : null;
}

describe("GuestURL", () => {
  test("parses as Node does", () => {
    fc.assert(
      fc.property(input.filter(isComparable), (text) => {
        expect(parts(() => new GuestURL(text))).toEqual(parts(() => oracle(text) ?? new URL("")));
      }),
      { numRuns: 4000 },
    );
  });

  test("resolves against a base as Node does", () => {
    const base = fc.constantFrom(
      "https://u:p@h.example:8080/a/b/c?q#f",
      "http://h.example",
      "ws://h.example/x/..//y/?",
    );
    fc.assert(
      fc.property(input.filter(isComparable), base, (text, from) => {
        expect(parts(() => new GuestURL(text, from))).toEqual(parts(() => oracle(text, from) ?? new URL("")));
        expect(GuestURL.canParse(text, from)).toBe(oracle(text, from) !== null);
      }),
      { numRuns: 4000 },
    );
  });

  test("encodes text outside ASCII in path, query and fragment", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (path, rest) => {
        const text = `https://h.example/${path}?${rest}#${path}`;
        expect(parts(() => new GuestURL(text))).toEqual(parts(() => new URL(text)));
      }),
      { numRuns: 1000 },
    );
  });

  test("setters do what Node's do", () => {
    const name = fc.constantFrom(...PARTS.filter((part) => part !== "origin" && part !== "href"));
    const steps = fc.array(
      fc.tuple(
        name,
        fc.oneof(
          piece,
          fc.array(piece, { maxLength: 3 }).map((all) => all.join("")),
        ),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(steps, (assignments) => {
        const ours = new GuestURL("http://u:p@h.example:8080/a/b?q#f");
        const theirs = new URL("http://u:p@h.example:8080/a/b?q#f");
        for (const [part, value] of assignments) {
          fc.pre(isComparable(value) && !/file|[\t\n\r]/.test(value));
          ours[part as "hash"] = value;
          theirs[part as "hash"] = value;
          expect({ part, value, ...parts(() => ours) }).toEqual({ part, value, ...parts(() => theirs) });
        }
      }),
      { numRuns: 3000 },
    );
  });

  test("refuses hosts that need Unicode tables, and schemes it does not know", () => {
    for (const text of [
      "https://münchen.example/",
      "mailto:a@b",
      "file:///etc/passwd",
      "data:,x",
      "https://",
    ]) {
      expect(GuestURL.canParse(text)).toBe(false);
      expect(GuestURL.parse(text)).toBeNull();
      expect(() => new GuestURL(text)).toThrow(TypeError);
    }
  });

  test("keeps searchParams and search together", () => {
    const url = new GuestURL("https://h.example/?a=1");
    const params = url.searchParams;
    params.append("b", "zwei drei");
    expect(url.href).toBe("https://h.example/?a=1&b=zwei+drei");
    url.search = "?c=3";
    expect([...url.searchParams]).toEqual([["c", "3"]]);
    url.searchParams.delete("c");
    expect(url.href).toBe("https://h.example/");
    expect(JSON.stringify({ url })).toBe('{"url":"https://h.example/"}');
  });
});

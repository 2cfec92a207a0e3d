import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BridgeError } from "./errors.ts";
import { isClientPath, toProxyUrl } from "./route.ts";

const ID = "0b6e2a52-1f5c-4a42-9a51-6f3a2f4f7c11";
const PREFIX = `/api/ext-proxy/${ID}/`;

describe("toProxyUrl", () => {
  it.each([
    ["/agreements", `${PREFIX}agreements`],
    ["agreements/7", `${PREFIX}agreements/7`],
    ["/agreements/", `${PREFIX}agreements/`],
    ["", PREFIX],
    ["/a?q=x%20y&z=/../b", `${PREFIX}a?q=x%20y&z=/../b`],
    ["/a..b/...", `${PREFIX}a..b/...`],
    ["/büro", `${PREFIX}b%C3%BCro`],
    ["/100%25", `${PREFIX}100%25`],
  ])("accepts %s", (route, url) => {
    expect(toProxyUrl(route, ID)).toBe(url);
  });

  it.each([
    "/..",
    "/../admin",
    "/a/../../x",
    "/./a",
    "/a/.",
    "//evil.example/x",
    "/a//b",
    "https://evil.example/",
    "javascript:alert(1)//",
    "/%2e%2e/admin",
    "/%2E./admin",
    "/.%2e/admin",
    "/%252e%252e/admin",
    "/%25252e%25252e/admin",
    "/a%2fb",
    "/a%5Cb",
    "/a%252fb",
    "/\\evil",
    "\\\\evil.example",
    "/..;/admin",
    "/..;x=1/admin",
    "/a\tb",
    "/a\nb",
    "/.\t./b",
    "/a b",
    "/a%00b",
    "/a%0d%0ab",
    "/a%2500",
    "/%",
    "/%zz",
    "/%c0%ae%c0%ae/admin",
    "/a#fragment",
    "/a?x#y",
    "/a?x\\y",
    "/a?x\ny",
    "/\ud800",
    "/\ufeffa",
    "/\u2028",
    `/${"a".repeat(5000)}`,
  ])("refuses %j", (route) => {
    expect(() => toProxyUrl(route, ID)).toThrow(BridgeError);
  });

  it("keeps an absolute proxy base", () => {
    expect(toProxyUrl("/x", "acme.tool", "https://app.example/api/ext-proxy/")).toBe(
      "https://app.example/api/ext-proxy/acme.tool/x",
    );
  });

  it.each(["", "..", ".", "a/b", "a%2fb", "a b", "?"])("takes %j for a caller mistake as an id", (id) => {
    expect(() => toProxyUrl("/", id)).toThrow(TypeError);
  });

  it("never leaves the prefix, however often a server decodes", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "..",
        ".",
        "/",
        "//",
        "\\",
        "%2e",
        "%2f",
        "%5c",
        "%25",
        "%252e",
        ";",
        "?",
        "#",
        "a",
        "\t",
        "%00",
      ),
      fc.constantFrom("@", ":", "http:", "é", "．", "／", "%ef%bc%8e"),
      fc.string({ maxLength: 4, unit: "binary" }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        let target: string;
        try {
          target = toProxyUrl(pieces.join(""), ID);
        } catch (error) {
          expect(error).toBeInstanceOf(BridgeError);
          return;
        }
        let pathname = new URL(target, "http://host.example").pathname;
        expect(target.startsWith(PREFIX)).toBe(true);
        for (let round = 0; round < 3; round += 1) {
          expect(new URL(pathname, "http://host.example").pathname.startsWith(PREFIX)).toBe(true);
          try {
            pathname = decodeURIComponent(pathname);
          } catch {
            break;
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("isClientPath", () => {
  it.each(["/", "/agreements/7", "/agreements?status=active&q=a%20b", "/a#top", "/a/b/"])(
    "accepts %s",
    (path) => {
      expect(isClientPath(path)).toBe(true);
    },
  );
  it.each([
    "",
    "a",
    "//evil",
    "/../admin",
    "/%2e%2e/x",
    "/a\\b",
    "/a?\n",
    "https://x",
    "/a b",
    7,
    null,
    "/a//b",
  ])("refuses %j", (path) => {
    expect(isClientPath(path)).toBe(false);
  });
});

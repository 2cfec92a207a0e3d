import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CodedError } from "@alga-ext/protocol";
import { surfaceOf, toCallTarget, type CallTarget } from "./call-target.ts";

function codeOf(pathname: string): string | CallTarget {
  try {
    return toCallTarget(pathname);
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
}

describe("toCallTarget", () => {
  test.each([
    ["/api/ext/pub.ext/agreements/7", { surface: "ext", extensionId: "pub.ext", path: "/agreements/7" }],
    [
      "/api/ext-proxy/pub.ext/agreements",
      { surface: "ext-proxy", extensionId: "pub.ext", path: "/agreements" },
    ],
    ["/api/ext/Pub.Ext", { surface: "ext", extensionId: "pub.ext", path: "/" }],
    ["/api/ext/pub.ext/", { surface: "ext", extensionId: "pub.ext", path: "/" }],
    ["/api/ext/pub.ext/a/", { surface: "ext", extensionId: "pub.ext", path: "/a/" }],
    ["/api/ext/pub.ext/caf%C3%A9", { surface: "ext", extensionId: "pub.ext", path: "/caf%C3%A9" }],
    ["/api/ext/pub.ext/a;b=1/@x", { surface: "ext", extensionId: "pub.ext", path: "/a;b=1/@x" }],
    ["/api/ext/pub.ext/...", { surface: "ext", extensionId: "pub.ext", path: "/..." }],
  ])("reads %s", (pathname, target) => {
    expect(codeOf(pathname)).toEqual(target);
  });

  test.each([
    "/api/ext/",
    "/api/ext//agreements",
    "/api/ext/%2e%2e/agreements",
    "/api/ext/../agreements",
    "/api/ext/.hidden/agreements",
    "/api/ext/pub%2Eext/agreements",
    "/api/ext/pub.ext/a%2fb",
    "/api/ext/pub.ext/a%2Fb",
    "/api/ext/pub.ext/a%5cb",
    "/api/ext/pub.ext/a\\b",
    "/api/ext/pub.ext/a%00",
    "/api/ext/pub.ext/a%0d%0ab",
    "/api/ext/pub.ext/a%7f",
    "/api/ext/pub.ext/a%c2%85",
    "/api/ext/pub.ext/%252e%252e",
    "/api/ext/pub.ext/a%25",
    "/api/ext/pub.ext/a/../b",
    "/api/ext/pub.ext/a/%2e%2E/b",
    "/api/ext/pub.ext/a/.%2e",
    "/api/ext/pub.ext/./a",
    "/api/ext/pub.ext/%2e",
    "/api/ext/pub.ext//a",
    "/api/ext/pub.ext/a//",
    "/api/ext/pub.ext//",
    "/api/ext/pub.ext/%zz",
    "/api/ext/pub.ext/%e0%80%af",
    "/api/ext/pub.ext/%c0%af",
    "/api/ext/pub.ext/a?b",
    "/api/ext/pub.ext/a#b",
    "/api/ext/pub.ext/a b",
    "/api/ext/pub.ext/é",
  ])("refuses %s", (pathname) => {
    expect(codeOf(pathname)).toBe("invalid_path");
  });

  test("refuses a path without end", () => {
    expect(codeOf(`/api/ext/pub.ext/${"a".repeat(5000)}`)).toBe("invalid_path");
  });

  test("leaves its neighbours alone", () => {
    expect(surfaceOf("/api/extensions/catalog")).toBeNull();
    expect(surfaceOf("/api/ext-bundles/finalize")).toBeNull();
    expect(surfaceOf("/api/ext")).toBeNull();
    expect(surfaceOf("/api/ext/x") !== null).toBe(true);
    expect(surfaceOf("/api/ext-proxy/x") !== null).toBe(true);
  });

  const piece = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom("%2f", "%5C", "%25", "%2e", "..", ".", "/", "\\", "%00", "a", ":id", "%c3%a9", ";", "%"),
  );
  const pathnames = fc.array(piece, { maxLength: 12 }).map((parts) => `/api/ext/pub.ext/${parts.join("")}`);

  test("whatever the path, it is refused or every later reading of it is the same", () => {
    fc.assert(
      fc.property(pathnames, (pathname) => {
        const target = codeOf(pathname);
        if (typeof target === "string") {
          expect(target).toBe("invalid_path");
          return;
        }
        // Below the extension nothing can be added or climbed out of, however often a reader decodes or resolves.
        const segments = target.path.slice(1).split("/");
        const decoded = segments.map((segment) => decodeURIComponent(segment));
        expect(decodeURIComponent(target.path).split("/")).toHaveLength(segments.length + 1);
        expect(decoded.some((segment) => segment === "." || segment === "..")).toBe(false);
        expect(decoded.some((segment) => /[\\%]/.test(segment))).toBe(false);
        const resolved = new URL(`http://h${target.path}`).pathname;
        expect(resolved.split("/")).toHaveLength(segments.length + 1);
      }),
      { numRuns: 2000 },
    );
  });

  test("what a URL parser has made of any text is read or refused, never misread", () => {
    fc.assert(
      fc.property(pathnames, (text) => {
        const { pathname } = new URL(`http://h${text}`);
        const target = surfaceOf(pathname) !== null ? codeOf(pathname) : "not ours";
        if (typeof target !== "string")
          expect(`/api/ext/${target.extensionId}${target.path}`).toMatch(/^\/api\/ext\//);
        else expect(["invalid_path", "not ours"]).toContain(target);
      }),
    );
  });
});

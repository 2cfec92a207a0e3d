import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileEndpoints, type EndpointPattern } from "./compile-endpoints.ts";

const endpoints = [
  { method: "GET", path: "/agreements" },
  { method: "GET", path: "/agreements/new" },
  { method: "GET", path: "/agreements/:id" },
  { method: "POST", path: "/agreements" },
  { method: "GET", path: "/" },
  { method: "GET", path: "/agreements/:id/lines/:line" },
  { method: "HEAD", path: "/only-head" },
];

describe("compileEndpoints", () => {
  const match = compileEndpoints(endpoints);

  it.each([
    ["GET", "/agreements", 0, {}],
    ["GET", "agreements/", 0, {}],
    ["GET", "//agreements//", 0, {}],
    ["HEAD", "/agreements", 0, {}],
    ["GET", "/agreements/new", 1, {}],
    ["GET", "/agreements/7", 2, { id: "7" }],
    ["GET", "/agreements/a%2Fb", 2, { id: "a%2Fb" }],
    ["POST", "/agreements", 3, {}],
    ["GET", "/", 4, {}],
    ["GET", "", 4, {}],
    ["GET", "/agreements/7/lines/x", 5, { id: "7", line: "x" }],
    ["HEAD", "/only-head", 6, {}],
  ])("%s %s is endpoint %i", (method, path, index, params) => {
    const found = match(method, path);
    expect(found?.endpoint).toBe(endpoints[index]);
    expect({ ...found?.params }).toEqual(params);
  });

  it.each([
    ["GET", "/Agreements"],
    ["get", "/agreements"],
    ["DELETE", "/agreements"],
    ["GET", "/agreements/7/lines"],
    ["GET", "/agreements//lines/x"],
    ["GET", "/only-head"],
    ["POST", "/"],
    ["__proto__", "/"],
  ])("%s %s is no endpoint", (method, path) => {
    expect(match(method, path)).toBeNull();
  });

  it("prefers the first declared, also over a more literal one", () => {
    const first = { method: "GET", path: "/a/:id" };
    expect(compileEndpoints([first, { method: "GET", path: "/a/b" }])("GET", "/a/b")?.endpoint).toBe(first);
  });

  it("lets no parameter reach a prototype", () => {
    const found = compileEndpoints([{ method: "GET", path: "/:__proto__/:constructor" }])("GET", "/x/y");
    expect(Object.getPrototypeOf(found?.params)).toBeNull();
    expect(Object.keys(found?.params ?? {})).toEqual(["__proto__", "constructor"]);
  });

  it("agrees with a naive matcher", () => {
    const segment = fc.constantFrom("a", "b", ":x", ":y", "", "a.b", ":");
    const path = fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
    const method = fc.constantFrom("GET", "POST", "HEAD");
    fc.assert(
      fc.property(
        fc.array(fc.record({ method, path }), { maxLength: 8 }),
        method,
        path,
        (declared, asked, where) => {
          expect(compileEndpoints(declared)(asked, where)?.endpoint ?? null).toBe(
            naive(declared, asked, where),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function naive(declared: readonly EndpointPattern[], method: string, path: string): EndpointPattern | null {
  const split = (text: string) => text.replace(/^\/+/, "").replace(/\/+$/, "").split("/");
  const given = split(path);
  for (const endpoint of declared) {
    const sameMethod = endpoint.method === method || (method === "HEAD" && endpoint.method === "GET");
    const wanted = split(endpoint.path);
    if (!sameMethod || wanted.length !== given.length) continue;
    // `"".split("/")` is one empty segment: the root, which only the root matches.
    if (wanted.length === 1 && wanted[0] === "" && given[0] !== "") continue;
    if (wanted.every((part, index) => (part[0] === ":" ? given[index] !== "" : part === given[index])))
      return endpoint;
  }
  return null;
}

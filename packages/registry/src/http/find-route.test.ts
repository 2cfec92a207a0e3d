import { expect, test } from "vitest";
import { createRouteFinder } from "./find-route.ts";
import { ROUTES } from "./route-table.ts";

const find = createRouteFinder(ROUTES);
const idsOf = (path: string) =>
  [...(find(path)?.methods.values() ?? [])].map(({ operationId }) => operationId);

test("a literal goes before a parameter", () => {
  expect(idsOf("/api/extensions/catalog")).toEqual(["listCatalog"]);
  expect(idsOf("/api/extensions/acme.things/grants")).toEqual(["setGrants"]);
  expect(idsOf("/api/extensions/api-keys")).toEqual(["listApiKeys", "createApiKey"]);
});

test("parameters are decoded, one segment each", () => {
  expect(find("/api/extensions/a%20b/logs")?.params).toEqual({ extension: "a b" });
  expect(find("/api/extensions/a%2Fb/logs")?.params).toEqual({ extension: "a/b" });
  expect(find("/api/extensions/__proto__/logs")?.params).toEqual({ extension: "__proto__" });
});

test.each([
  "",
  "/",
  "/api/extensions",
  "/api/extensions//logs",
  "/api/extensions/%/logs",
  "/api/extensions/%ff/logs",
  "/api/extensions/x/logs/",
  "/api/extensions/x/Logs",
  "/api/extensions/x/constructor",
  "//api/extensions/catalog",
])("%j is no route", (path) => {
  expect(find(path)).toBeNull();
});

test("two routes cannot be the same", () => {
  const [route] = ROUTES;
  if (route === undefined) throw new Error("there are routes");
  expect(() => createRouteFinder([route, route])).toThrow(TypeError);
  const paths = ["/api/{a}/x", "/api/{b}/x"] as const;
  expect(() => createRouteFinder(paths.map((path) => ({ ...route, path })))).toThrow(TypeError);
});

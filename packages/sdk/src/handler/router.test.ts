import { expect, test } from "vitest";
import type { ExecuteRequest, ExecuteResponse, Handler } from "../ports.ts";
import { createMockHostBindings } from "../testing/create-mock-host-bindings.ts";
import { jsonResponse } from "./responses.ts";
import { createRouter } from "./router.ts";

async function answer(
  handler: Handler,
  method: string,
  url: string,
): Promise<ExecuteResponse & { json: unknown }> {
  const request: ExecuteRequest = {
    context: { tenantId: "t", extensionId: "e" },
    http: { method, url, headers: [] },
  };
  const response = await handler(request, createMockHostBindings());
  return { ...response, json: JSON.parse(new TextDecoder().decode(response.body ?? undefined)) };
}

const { handler } = createRouter()
  .get("/things", ({ query }) => jsonResponse({ query }))
  .get("/things/new", () => jsonResponse("literal"))
  .get("/things/:id", ({ params }) => jsonResponse(params))
  .get("/things/:id/parts/:part", async ({ params }) => jsonResponse(params))
  .post("/things", () => jsonResponse("created", { status: 201 }))
  .delete("/things/:id", () => jsonResponse("gone"))
  .put("/", () => jsonResponse("root"))
  .patch("/things/:id", () => jsonResponse("patched"));

test.each([
  ["GET", "/things?a=1&b=x+y&a=2", { query: { a: "2", b: "x y" } }],
  ["HEAD", "/things", { query: {} }],
  ["GET", "/things/", { query: {} }],
  ["GET", "/things/new", "literal"],
  ["GET", "/things/a%20b%2Fc", { id: "a b/c" }],
  ["GET", "/things/%zz", { id: "%zz" }],
  ["GET", "/things/1/parts/2", { id: "1", part: "2" }],
  ["POST", "/things", "created"],
  ["DELETE", "/things/1", "gone"],
  ["PATCH", "/things/1", "patched"],
  ["PUT", "/", "root"],
])("%s %s", async (method, url, json) => {
  expect((await answer(handler, method, url)).json).toEqual(json);
});

test.each([["/nothing"], ["/things//"], ["/things/1/parts"], ["/Things"]])("%s is not found", async (url) => {
  const response = await answer(handler, "PURGE", url);
  if (url === "/things//") expect(response.status).toBe(405);
  else expect(response).toMatchObject({ status: 404, json: { error: "not_found" } });
});

test("another method on a known path is told which ones there are", async () => {
  const response = await answer(handler, "PURGE", "/things/7");
  expect(response).toMatchObject({ status: 405, json: { error: "method_not_allowed" } });
  expect(response.headers).toContainEqual({ name: "allow", value: "GET, DELETE, PATCH" });
});

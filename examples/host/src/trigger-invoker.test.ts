import type { Principal, Trigger } from "@alga-ext/protocol";
import { expect, test } from "vitest";
import { createTriggerInvoker } from "./trigger-invoker.ts";

const trigger: Trigger = {
  kind: "event",
  tenantId: "acme",
  installId: "i-1",
  registryId: "r-1",
  endpoint: { method: "POST", path: "/client-renamed" },
  payload: { from: "a", to: "b" },
  deliveryId: "d-1",
  attempt: 2,
  topic: "client.renamed",
  eventId: "e-1",
  key: null,
  emittedAt: "2026-11-01T00:00:00Z",
};
const { signal } = new AbortController();

test("a trigger is a request of its own tenant that nobody else can make", async () => {
  const seen: { request: Request; body: string; principal: Principal | undefined }[] = [];
  const triggers = createTriggerInvoker(async (request) => {
    const principal = triggers.principalOf(request);
    seen.push({ request, body: await request.clone().text(), principal });
    return Response.json({ changed: 1 });
  });
  expect(await triggers.invoke(trigger, { signal })).toEqual({ ok: true });
  const [
    { request, body, principal } = { request: new Request("http://x/"), body: "", principal: undefined },
  ] = seen;
  expect([request.method, new URL(request.url).pathname]).toEqual(["POST", "/api/ext/i-1/client-renamed"]);
  expect(JSON.parse(body)).toEqual(trigger.payload);
  expect(request.headers.get("x-idempotency-key")).toBe("d-1");
  expect(principal).toMatchObject({ tenantId: "acme", userId: "system:event", userType: "service" });
  // The same request sent from outside is another object, and nobody.
  expect(triggers.principalOf(new Request(request))).toBeUndefined();
});

test("a GET carries no body", async () => {
  const triggers = createTriggerInvoker(async (request) => {
    expect([request.method, await request.text()]).toEqual(["GET", ""]);
    return new Response(null, { status: 204 });
  });
  const get = { ...trigger, endpoint: { method: "GET", path: "/" } };
  expect(await triggers.invoke(get, { signal })).toEqual({ ok: true });
});

test.each([
  [400, "invalid_request", false],
  [403, "forbidden", false],
  [404, "endpoint_not_found", false],
  [409, "conflict", false],
  [429, "rate_limited", true],
  [502, "runner_crashed", true],
  [504, "deadline_exceeded", true],
])("an answer of %i is %s, worth another try: %s", async (status, error, retryable) => {
  const triggers = createTriggerInvoker(async () => Response.json({ error, message: "why" }, { status }));
  expect(await triggers.invoke(trigger, { signal })).toEqual({
    ok: false,
    code: error,
    message: "why",
    retryable,
  });
});

test("an answer without a word still says what it was", async () => {
  const triggers = createTriggerInvoker(async () => new Response("<html>", { status: 418 }));
  expect(await triggers.invoke(trigger, { signal })).toMatchObject({ ok: false, code: "status_418" });
  const nowhere = createTriggerInvoker(async () => null);
  expect(await nowhere.invoke(trigger, { signal })).toMatchObject({ ok: false, code: "endpoint_not_found" });
});

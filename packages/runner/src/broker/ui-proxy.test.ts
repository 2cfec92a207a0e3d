import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brokerWith, everything, sessionWith } from "../../test-support/broker.ts";
import type { UiProxy } from "../ports.ts";

const ROUTES = [
  { method: "GET", path: "/api/tickets/:id" },
  { method: "POST", path: "/api/tickets" },
  { method: "DELETE", path: "/api/tickets/:id" },
  { method: "GET", path: "/ext/own" },
] as const;

function proxied(answer: { status: number; body?: string } = { status: 200, body: "ok" }) {
  const seen: Parameters<UiProxy["call"]>[1][] = [];
  const proxy: UiProxy = {
    call: (_scope, request) => {
      seen.push(request);
      if (answer.status === 0) return Promise.reject(new Error("connect ECONNREFUSED"));
      return Promise.resolve({ status: answer.status, body: Buffer.from(answer.body ?? "") });
    },
  };
  return { seen, ...brokerWith({ uiProxy: { proxy, routes: ROUTES } }) };
}

describe("ui-proxy", () => {
  it("calls routes of the policy with its method, payload and user", async () => {
    const { ask, seen } = proxied();
    const user = { user_id: "u", user_email: "", user_name: "", user_type: "internal" };
    const session = sessionWith({ ...everything, user });
    const body = Buffer.from("{}");
    expect(await ask("ui-proxy#callRoute", ["/api/tickets/7?a=1&b=%20"], session)).toEqual({
      kind: "ok",
      value: Buffer.from("ok"),
    });
    await ask("ui-proxy#callRoute", [" api/tickets ", body]);
    await ask("ui-proxy#callRoute", ["own"]);
    await ask("ui-proxy#call", ["delete", "/api/tickets/7"]);
    expect(seen).toEqual([
      { method: "GET", path: "/api/tickets/7?a=1&b=%20", body: null, user },
      { method: "POST", path: "/api/tickets", body, user: null },
      { method: "GET", path: "/ext/own", body: null, user: null },
      { method: "DELETE", path: "/api/tickets/7", body: null, user: null },
    ]);
  });

  it.each([
    ["another route", "callRoute", ["/api/users"], "denied"],
    ["another method", "call", ["PUT", "/api/tickets/7"], "denied"],
    ["a payload for a route that is only read", "callRoute", ["/api/tickets/7", new Uint8Array(1)], "denied"],
    ["another extension's own route", "callRoute", ["other/ext/own"], "denied"],
    ["no route", "callRoute", ["  "], "bad-request"],
    ["a method nobody has", "call", ["CONNECT", "/api/tickets/7"], "bad-request"],
    ["dots", "callRoute", ["/api/tickets/../users"], "bad-request"],
    ["a dot", "callRoute", ["/api/./users"], "bad-request"],
    ["dots in escapes", "callRoute", ["/api/tickets/%2e%2E"], "bad-request"],
    ["a slash in an escape", "callRoute", ["/api/tickets/..%2fusers"], "bad-request"],
    ["an escape of an escape", "callRoute", ["/api/tickets/%252e%252e"], "bad-request"],
    ["a backslash", "callRoute", ["/api\\..\\users"], "bad-request"],
    ["a backslash in an escape", "callRoute", ["/api/tickets/..%5cusers"], "bad-request"],
    ["two slashes", "callRoute", ["//evil.example/api"], "bad-request"],
    ["a scheme", "callRoute", ["https://evil.example/"], "bad-request"],
    ["a line break", "callRoute", ["/api/tickets/7\r\nx: y"], "bad-request"],
    ["a NUL in an escape", "callRoute", ["/api/tickets/%00"], "bad-request"],
    ["a fragment", "callRoute", ["/api/tickets/7#x"], "bad-request"],
    ["a fragment in the query", "callRoute", ["/api/tickets/7?x#y"], "bad-request"],
    ["a space in the query", "callRoute", ["/api/tickets/7?x y"], "bad-request"],
    // Refused by its length alone: taking it apart would stall everybody.
    ["a long one", "callRoute", [`/${"/x".repeat(2_048)}`], "bad-request"],
  ])("refuses %s before it leaves", async (_name, fn, args, value) => {
    const { ask, seen } = proxied();
    expect(await ask(`ui-proxy#${fn}`, args)).toEqual({ kind: "err", value });
    expect(seen).toEqual([]);
  });

  it("never lets a path out that a URL parser would read differently", async () => {
    const { ask, seen } = proxied();
    const part = fc.oneof(
      fc.constantFrom(
        "api",
        "tickets",
        "..",
        ".",
        "%2e",
        "%2F",
        "\\",
        "//",
        "?",
        "#",
        "@",
        ":",
        ";",
        "\t",
        "%",
      ),
      fc.string({ maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        seen.length = 0;
        await ask("ui-proxy#callRoute", [`/api/tickets/${parts.join("/")}`]);
        await ask("ui-proxy#callRoute", [parts.join("")]);
        for (const { path } of seen) {
          const url = new URL(`http://host.example${path}`);
          expect(`${url.host}${url.pathname}${url.search}`).toBe(`host.example${path}`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [200, null],
    [204, null],
    [302, "internal"],
    [401, "denied"],
    [403, "denied"],
    [404, "route-not-found"],
    [422, "bad-request"],
    [429, "denied"],
    [500, "internal"],
    [0, "internal"],
  ])("turns status %i into %s", async (status, value) => {
    const answer = await proxied({ status }).ask("ui-proxy#callRoute", ["/api/tickets/7"]);
    expect(answer.kind === "err" ? answer.value : null).toBe(value);
  });

  it("answers internal without tenant or extension", async () => {
    const { ask, seen } = proxied();
    const session = sessionWith({ ...everything, scope: { tenantId: "" } });
    expect(await ask("ui-proxy#callRoute", ["/api/tickets/7"], session)).toEqual({
      kind: "err",
      value: "internal",
    });
    expect(seen).toEqual([]);
  });
});

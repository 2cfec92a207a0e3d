import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestFor } from "../../test-support/test-runner.ts";
import { RunnerError } from "../errors.ts";
import { toGuestRequest } from "./guest-request.ts";
import { parseExecuteRequest } from "./parse-execute-request.ts";

const HASH = `sha256:${"a".repeat(64)}` as const;
const good = requestFor(HASH, "/x");

describe("parseExecuteRequest", () => {
  it("takes what the gateway sends, gives a bare hash its prefix and ignores unknown fields", () => {
    const bare = { ...good, extra: 1, context: { ...good.context, content_hash: "A".repeat(64) } };
    expect(parseExecuteRequest(bare).context.content_hash).toBe(HASH);
  });

  it.each([
    ["context.tenant_id", { context: { ...good.context, tenant_id: 1 } }],
    ["http.method", { http: { ...good.http, method: "get" } }],
    ["http.path", { http: { ...good.http, path: "x" } }],
    ["http.body_b64", { http: { ...good.http, body_b64: "*" } }],
    ["http.query", { http: { ...good.http, query: { a: 1 } } }],
    ["context.config", { context: { ...good.context, config: { a: 1 } } }],
    ["providers", { providers: [1] }],
    ["egress", { egress: "all" }],
    ["secret_hosts", { secret_hosts: { key: "host" } }],
    ["limits.timeout_ms", { limits: { timeout_ms: -1 } }],
    ["user.user_email", { user: { user_id: "u" } }],
    ["secret_envelope.ciphertext_b64", { secret_envelope: {} }],
  ])("names %s", (field, spoiled) => {
    expect(() => parseExecuteRequest({ ...good, ...spoiled })).toThrow(
      expect.objectContaining({ code: "invalid_request", details: { field } }),
    );
  });

  it("never throws anything but its own error", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (context, http, rest) => {
        for (const value of [rest, { context, http }, { ...good, http, limits: rest, user: context }]) {
          try {
            parseExecuteRequest(value);
          } catch (error) {
            expect(error).toBeInstanceOf(RunnerError);
          }
        }
      }),
    );
  });
});

describe("toGuestRequest", () => {
  it("puts the query into the URL and tells no body from an empty one", () => {
    const url = (path: string, query?: Record<string, string>) =>
      (
        toGuestRequest({
          ...good,
          http: { method: "GET", path, ...(query === undefined ? {} : { query }) },
        }) as { http: { url: string } }
      ).http.url;
    expect([url("/x"), url("/x", { a: "1 2" }), url("/x?b=1", { a: "ü" })]).toEqual([
      "/x",
      "/x?a=1+2",
      "/x?b=1&a=%C3%BC",
    ]);
    const body = (body_b64?: string) =>
      (
        toGuestRequest({
          ...good,
          http: { method: "POST", path: "/", ...(body_b64 === undefined ? {} : { body_b64 }) },
        }) as { http: { body: unknown } }
      ).http.body;
    expect(body()).toBeNull();
    expect(body("")).toEqual(Buffer.alloc(0));
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import { SdkError } from "../errors.ts";
import type { ExecuteRequest, GuestRuntime, Handler } from "../ports.ts";
import { readJson } from "./read-json.ts";
import { emptyResponse, jsonResponse } from "./responses.ts";
import { toWitHandler, type ExecuteRequestWire, type ExecuteResponseWire } from "./to-wit-handler.ts";

const wire = (body: Uint8Array | null = null): ExecuteRequestWire => ({
  context: { tenantId: "t", extensionId: "e" },
  http: { method: "POST", url: "/x", headers: [{ name: "a", value: "b" }], body },
});
let lines: string[];
let begun: number;
beforeEach(() => {
  lines = [];
  begun = 0;
});
/** A runtime for handlers that answer at once. */
const runtime: GuestRuntime = {
  beginCall: () => {
    begun++;
  },
  settle: (value) => value as never,
};
function call(handler: Handler, request = wire()): ExecuteResponseWire & { json: unknown } {
  const logging = { logError: (line: string) => lines.push(line) };
  const response = toWitHandler(handler, { logging }, runtime)(request);
  const text = new TextDecoder().decode(response.body ?? undefined);
  return { ...response, json: text === "" ? null : JSON.parse(text) };
}

describe("toWitHandler", () => {
  test("hands over the request without nulls and answers a complete response", () => {
    let seen: ExecuteRequest | undefined;
    const response = call((request) => {
      seen = request;
      return { status: 204 };
    });
    expect(seen).toEqual({
      context: { tenantId: "t", extensionId: "e" },
      http: { method: "POST", url: "/x", headers: [{ name: "a", value: "b" }] },
    });
    expect(response).toMatchObject({ status: 204, headers: [], body: null });
    expect(begun).toBe(1);
  });

  test("keeps lone surrogates out of headers", () => {
    const response = call(() => ({ status: 200, headers: [{ name: "x", value: "\ud800" }] }));
    expect(response.headers).toEqual([{ name: "x", value: "\ufffd" }]);
  });

  test("answers an uncaught SdkError with its status and code", () => {
    const response = call(() => {
      throw new SdkError("storage_denied", "not granted");
    });
    expect(response).toMatchObject({ status: 403, json: { error: "storage_denied" } });
    expect(lines).toEqual([]);
  });

  test("logs anything else with its stack, and tells the caller nothing about it", () => {
    const response = call(() => {
      throw new RangeError("secret detail");
    });
    expect(response).toMatchObject({ status: 500, json: { error: "handler_failed" } });
    expect(lines[0]).toContain("RangeError: secret detail");
    expect(lines[0]).toContain("to-wit-handler.test");
  });

  test.each([
    ["no object", undefined],
    ["a status out of range", { status: 99 }],
    ["a fraction", { status: 200.5 }],
    ["a text body", { status: 200, body: "text" }],
    ["headers that are not pairs", { status: 200, headers: [{ name: "x" }] }],
    ["headers that are no list", { status: 200, headers: 5 }],
  ])("refuses %s", (_, response) => {
    expect(call(() => response as never)).toMatchObject({ status: 500, json: { error: "invalid_response" } });
    expect(lines).toHaveLength(1);
  });

  test("needs a function", () => {
    expect(() => toWitHandler(undefined as never, {}, runtime)).toThrow(TypeError);
  });
});

describe("readJson", () => {
  test("parses the body", () => {
    expect(
      call((request) => jsonResponse(readJson(request)), wire(new TextEncoder().encode('{"ü":1}'))).json,
    ).toEqual({ ü: 1 });
  });

  test.each([
    ["no body", null],
    ["an empty body", new Uint8Array(0)],
    ["text that is not JSON", new TextEncoder().encode("{")],
    ["bytes that are not UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
  ])("answers 400 for %s", (_, body) => {
    expect(call((request) => jsonResponse(readJson(request)), wire(body))).toMatchObject({
      status: 400,
      json: { error: "invalid_json" },
    });
  });
});

describe("responses", () => {
  test("jsonResponse encodes, passes bytes through and keeps the caller's content type", () => {
    expect(jsonResponse({ a: 1 })).toEqual({
      status: 200,
      headers: [{ name: "content-type", value: "application/json" }],
      body: new TextEncoder().encode('{"a":1}'),
    });
    const bytes = Uint8Array.of(1, 2);
    const type = { name: "Content-Type", value: "application/problem+json" };
    expect(jsonResponse(bytes, { status: 418, headers: [type] })).toEqual({
      status: 418,
      headers: [type],
      body: bytes,
    });
    expect(new TextDecoder().decode(jsonResponse(undefined).body ?? undefined)).toBe("null");
  });

  test("emptyResponse has no body", () => {
    expect(emptyResponse()).toEqual({ status: 204, headers: [], body: null });
    expect(emptyResponse(304).status).toBe(304);
  });
});

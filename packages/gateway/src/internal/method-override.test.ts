import { describe, expect, test } from "vitest";
import { overrideMethod } from "./method-override.ts";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function override(input: {
  query?: Record<string, string>;
  body?: string | null;
  contentType?: string | null;
}) {
  const { query = {}, body = null, contentType = "application/json" } = input;
  const result = overrideMethod({
    method: "POST",
    query,
    body: body === null ? null : bytes(body),
    contentType,
  });
  return { ...result, body: result.body === null ? null : new TextDecoder().decode(result.body) };
}

describe("overrideMethod", () => {
  test.each(["GET", "POST", "PUT", "PATCH", "DELETE", "get", "Delete"])(
    "takes %s from the query",
    (method) => {
      const result = override({ query: { __method: method, a: "1" } });
      expect(result).toMatchObject({ method: method.toUpperCase(), query: { a: "1" } });
    },
  );

  test("takes it from a JSON object and forwards the rest", () => {
    const result = override({ body: '{"__method":"put","title":"x"}' });
    expect(result).toEqual({ method: "PUT", query: {}, body: '{"title":"x"}' });
  });

  test("the query wins, the field is still removed", () => {
    const result = override({ query: { __method: "PATCH" }, body: '{"__method":"PUT","a":1}' });
    expect(result).toEqual({ method: "PATCH", query: {}, body: '{"a":1}' });
  });

  test("a body with nothing else is dropped", () => {
    expect(override({ body: '{"__method":"DELETE"}' })).toEqual({ method: "DELETE", query: {}, body: null });
  });

  test("GET drops the body", () => {
    expect(override({ body: '{"__method":"GET","a":1}' })).toEqual({ method: "GET", query: {}, body: null });
  });

  test.each(["OPTIONS", "HEAD", "TRACE", "", "GET "])("ignores %j", (method) => {
    expect(override({ query: { __method: method } }).method).toBe("POST");
  });

  test.each([
    ['{ "a" : 1 }', "application/json"],
    ["[1,2]", "application/json"],
    ["{broken", "application/json"],
    ['{"__method":"PUT"}', "text/plain"],
    ['{"a":{"__method":"PUT"}}', "application/json"],
  ])("passes %s of %s byte for byte", (body, contentType) => {
    expect(override({ body, contentType })).toEqual({ method: "POST", query: {}, body });
  });

  test("a __proto__ field stays plain data", () => {
    const { body } = override({ body: '{"__method":"PUT","__proto__":{"x":1}}' });
    expect(body).toBe('{"__proto__":{"x":1}}');
  });
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { refusalOf } from "../testing/kit/rejection.ts";
import { MAX_BODY_BYTES, parseStrictJson, readJsonBody } from "./parse-json.ts";

const parse = (text: string) => parseStrictJson(Buffer.from(text));
const codeOf = async (run: () => unknown) => (await refusalOf((async () => run())())).code;

test("any JSON without repeated keys reads as JSON.parse does", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      fc.pre(!text.includes("__proto__"));
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("a repeated key is refused, at any depth and however it is written", async () => {
  for (const text of [
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '[{"b":{"a":1, "a" :2}}]',
    '{"a":{"x":1},"b":"}","a":1}',
    '{"":1,"":2}',
    '{"\\"":1,"\\"":2}',
  ]) {
    expect(await codeOf(() => parse(text))).toBe("invalid_request");
  }
});

test("the same key in two objects, or as a value, is none", () => {
  for (const text of [
    '{"a":{"a":{"a":"a"}}}',
    '[{"a":1},{"a":2}]',
    '{"a":["a","a"],"b":"a:"}',
    '{"a":"{\\"a\\":1}"}',
  ]) {
    expect(parse(text)).toEqual(JSON.parse(text));
  }
});

test("no key is called __proto__", async () => {
  for (const text of ['{"__proto__":{}}', '[{"a":{"__proto__":1}}]', '{"\\u005f_proto__":1}']) {
    expect(await codeOf(() => parse(text))).toBe("invalid_request");
  }
  expect(parse('{"constructor":1,"a":"__proto__"}')).toEqual({ constructor: 1, a: "__proto__" });
});

test("what is not JSON in UTF-8 is refused", async () => {
  for (const text of ["", "{", "{a:1}", "\ufeff{}", "{}x", "NaN"]) {
    expect(await codeOf(() => parse(text))).toBe("invalid_request");
  }
  expect(await codeOf(() => parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22)))).toBe("invalid_request");
});

test("a value has at most 100 levels", async () => {
  const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  expect(parse(deep(100))).toBeInstanceOf(Array);
  for (const levels of [101, 100_000])
    expect(await codeOf(() => parse(deep(levels)))).toBe("invalid_request");
});

test("long texts take no time", () => {
  const started = performance.now();
  for (const text of [
    `"${"\\\\".repeat(500_000)}"`,
    `"${"x".repeat(MAX_BODY_BYTES)}"`,
    `[${'"a",'.repeat(200_000)}"b"]`,
    `"${"\\u0041".repeat(150_000)}"`,
  ]) {
    parse(text);
  }
  expect(performance.now() - started).toBeLessThan(5000);
});

const request = (body: BodyInit | null, headers: Record<string, string>) =>
  new Request("http://localhost/", { method: "POST", body, headers });

test("the content type is JSON in UTF-8, not compressed", async () => {
  for (const type of [
    "application/json",
    "Application/JSON; charset=UTF-8",
    'application/json;charset="utf-8"',
  ]) {
    expect(await readJsonBody(request("{}", { "content-type": type }))).toEqual({});
  }
  for (const type of [
    "",
    "text/plain",
    "application/jsonp",
    "application/json; charset=utf-16",
    "application/json, text/plain",
  ]) {
    expect(await codeOf(() => readJsonBody(request("{}", { "content-type": type })))).toBe(
      "unsupported_media_type",
    );
  }
  const gzip = { "content-type": "application/json", "content-encoding": "gzip" };
  expect(await codeOf(() => readJsonBody(request("{}", gzip)))).toBe("unsupported_media_type");
});

test("a body has at most 1 MiB, whatever it says of itself", async () => {
  const headers = { "content-type": "application/json" };
  const exact = `"${"x".repeat(MAX_BODY_BYTES - 2)}"`;
  expect(await readJsonBody(request(exact, headers))).toHaveLength(MAX_BODY_BYTES - 2);
  expect(await codeOf(() => readJsonBody(request(`${exact} `, headers)))).toBe("payload_too_large");
  expect(await codeOf(() => readJsonBody(request(null, headers)))).toBe("invalid_request");
});

import { expect, test } from "vitest";
import { assertSameSite } from "./assert-same-site.ts";

const URL_OF_US = new URL("https://app.example/api/extensions/x/enabled");
const TRUSTED = ["https://admin.example"];
const passes = (headers: Record<string, string>, method = "POST"): boolean => {
  try {
    assertSameSite(new Request(URL_OF_US, { method, headers }), URL_OF_US, TRUSTED);
    return true;
  } catch {
    return false;
  }
};

test.each([
  ["our own page", { "sec-fetch-site": "same-origin", origin: "https://app.example" }],
  [
    "our own page, behind a proxy that ends TLS",
    { "sec-fetch-site": "same-origin", origin: "http://app.example" },
  ],
  ["the address bar", { "sec-fetch-site": "none" }],
  ["our own page in an old browser", { origin: "https://app.example" }],
  ["a trusted page", { "sec-fetch-site": "same-site", origin: "https://admin.example" }],
  ["a program", {}],
  [
    "a key from anywhere",
    { "sec-fetch-site": "cross-site", origin: "https://evil.example", "x-api-key": "k" },
  ],
  ["a bearer from anywhere", { origin: "https://evil.example", authorization: "Bearer x" }],
])("passes: %s", (_, headers: Record<string, string>) => {
  expect(passes(headers)).toBe(true);
});

test.each([
  ["another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
  ["another site that hides its origin", { "sec-fetch-site": "cross-site" }],
  ["another site in an old browser", { origin: "https://evil.example" }],
  ["a sandboxed frame", { origin: "null" }],
  ["a sandboxed frame that says where it is", { "sec-fetch-site": "cross-site", origin: "null" }],
  ["a sibling host", { "sec-fetch-site": "same-site", origin: "https://blog.app.example" }],
  ["another port", { origin: "https://app.example:8443" }],
  ["another scheme", { origin: "http://app.example" }],
  ["a host that begins alike", { origin: "https://app.example.evil.example" }],
  ["a trusted origin with a path", { origin: "https://admin.example/" }],
  [
    "another site, with remembered Basic credentials",
    { origin: "https://evil.example", authorization: "Basic eDp5" },
  ],
  ["a made-up site", { "sec-fetch-site": "trust-me" }],
])("refused: %s", (_, headers: Record<string, string>) => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) expect(passes(headers, method)).toBe(false);
  for (const method of ["GET", "HEAD", "OPTIONS"]) expect(passes(headers, method)).toBe(true);
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatApiKey, newApiKeySecret, parseApiKey } from "./api-key-token.ts";

test("a key's text leads back to what it was made from", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.stringMatching(/^[0-9A-Za-z]{43}$/), (id, secret) => {
      expect(parseApiKey(formatApiKey({ id, secret }))).toEqual({ id, secret });
    }),
  );
});

test("one wrong character is noticed without the database", () => {
  const token = formatApiKey({ id: crypto.randomUUID(), secret: newApiKeySecret() });
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom("0", "a", "Z", "_", "~"), (at, char) => {
      fc.pre(token[at] !== char);
      expect(parseApiKey(token.slice(0, at) + char + token.slice(at + 1))).toBeNull();
    }),
  );
});

test("what is no key is none, however it looks", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(parseApiKey(text)).toBeNull();
      expect(parseApiKey(`alga_${text}`)).toBeNull();
    }),
  );
});

test("secrets are 256 random bits", () => {
  const secrets = Array.from({ length: 200 }, newApiKeySecret);
  expect(new Set(secrets).size).toBe(200);
  for (const secret of secrets) expect(secret).toMatch(/^[0-9A-Za-z]{43}$/);
});

import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createHmacSigner } from "./hmac-signer.ts";

test("signs as node:crypto does, whatever was signed before", () => {
  const text = fc.string({ unit: "binary-ascii", maxLength: 9000, size: "max" });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.array(text, { maxLength: 3 }), (key, texts) => {
      const sign = createHmacSigner(key);
      for (const one of texts)
        expect(sign(one)).toBe(createHmac("sha256", key).update(one).digest("base64url"));
    }),
    { numRuns: 50 },
  );
});

test("a key that HMAC would have to shorten is a caller's mistake", () => {
  expect(() => createHmacSigner(new Uint8Array(65))).toThrow(TypeError);
});

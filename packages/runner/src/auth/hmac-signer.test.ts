import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHmacSigner } from "./hmac-signer.ts";

describe("createHmacSigner", () => {
  it("signs what HMAC-SHA256 signs, whatever was signed before", () => {
    const ascii = fc.string({ unit: "binary-ascii", maxLength: 9_000, size: "max" });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.array(ascii, { maxLength: 3 }), (key, texts) => {
        const sign = createHmacSigner(key);
        for (const text of texts)
          expect(sign(text)).toBe(createHmac("sha256", key).update(text).digest("base64url"));
      }),
      { numRuns: 30 },
    );
  });

  it("takes no key that would have to be hashed, and no text that it would cut", () => {
    expect(() => createHmacSigner(new Uint8Array(65))).toThrow(TypeError);
    expect(() => createHmacSigner(new Uint8Array(32))("x".repeat(16_385))).toThrow(RangeError);
  });
});

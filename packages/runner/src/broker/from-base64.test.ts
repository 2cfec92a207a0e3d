import * as fc from "fast-check";
import { expect, it } from "vitest";
import { fromBase64 } from "./from-base64.ts";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

it("finds base64 where a pattern finds it, and the bytes in it", () => {
  const almost = fc
    .array(
      fc.constantFrom(
        "A",
        "z",
        "7",
        "+",
        "/",
        "A",
        "b",
        "=",
        "-",
        "_",
        " ",
        "\n",
        "é",
        "好",
        "т",
        "е",
        "с",
        "Ł",
        "Э",
        "\u045f",
        "\u{10441}",
        "\u0000",
      ),
      { maxLength: 12 },
    )
    .map((letters) => letters.join(""));
  const real = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64"));
  const broken = fc.tuple(real, fc.nat(), fc.constantFrom("", "=", "!", "AA", "-")).map(([text, at, put]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + put + text.slice(place + 1);
  });
  fc.assert(
    fc.property(fc.oneof(almost, real, broken), (text) => {
      const bytes = fromBase64(text);
      expect(bytes !== null).toBe(BASE64.test(text));
      if (bytes !== null) expect(bytes).toEqual(Buffer.from(text, "base64"));
    }),
    { numRuns: 5_000 },
  );
});

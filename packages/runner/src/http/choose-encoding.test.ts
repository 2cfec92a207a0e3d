import { assert, constantFrom, property, record, uniqueArray } from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseEncoding } from "./choose-encoding.ts";

describe("chooseEncoding", () => {
  it.each([
    [null, "identity"],
    ["", "identity"],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip, zstd", "zstd"],
    ["GZIP", "gzip"],
    ["br;q=0.2, gzip;q=0.8", "gzip"],
    ["br;q=0, gzip;q=0, zstd;q=0.000", "identity"],
    ["*", "br"],
    ["*;q=0", "identity"],
    ["br;q=0, *", "zstd"],
    ["identity, gzip;q=0.5", "identity"],
    ["identity;q=0.5, gzip;q=0.5", "gzip"],
    ["br;q=nonsense, gzip", "gzip"],
    ["compress", "identity"],
  ])("%j gets %s", (header, encoding) => {
    expect(chooseEncoding(header)).toBe(encoding);
  });

  it("never answers with what was refused", () => {
    const offer = record({
      name: constantFrom("br", "zstd", "gzip", "identity"),
      weight: constantFrom(0, 0.1, 0.5, 1),
    });
    assert(
      property(uniqueArray(offer, { selector: ({ name }) => name }), (offers) => {
        const chosen = chooseEncoding(offers.map(({ name, weight }) => `${name};q=${weight}`).join(", "));
        if (chosen === "identity") return true;
        const most = Math.max(...offers.map(({ weight }) => weight));
        return offers.some(({ name, weight }) => name === chosen && weight > 0 && weight === most);
      }),
    );
  });
});

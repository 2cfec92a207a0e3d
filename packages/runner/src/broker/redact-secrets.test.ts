import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSecretRedactor } from "./redact-secrets.ts";

describe("createSecretRedactor", () => {
  it.each([
    ["one that is the start of another", ["token", "token-and-tail"], "a token-and-tail b", "a [secret] b"],
    ["ones that overlap", ["abcd1234", "1234efgh"], "<abcd1234efgh>", "<[secret]>"],
    ["one inside another", ["outer-inner-outer", "inner"], "outer-inner-outer inner", "[secret] [secret]"],
    ["neighbours", ["first", "second"], "firstsecond", "[secret][secret]"],
    ["pattern characters", ["a.*(b"], "a.*(b aXX(b", "[secret] aXX(b"],
    ["short ones, which are words", ["abc"], "abc", "abc"],
  ])("covers %s", (_name, secrets, text, expected) => {
    expect(createSecretRedactor(secrets)(text, 100)).toBe(expected);
  });

  it("leaves no head of a secret at the cut, nor text from behind it", () => {
    const secret = "s".repeat(20) + "END";
    const redact = createSecretRedactor([secret]);
    expect(redact(`12345${secret}`, 10)).toBe("12345[secret]");
    expect(redact(`${secret}${secret}tail`, 24)).toBe("[secret][secret]");
  });

  it("leaves no secret behind, whatever the text", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 4, maxLength: 7 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), fc.array(word), (secrets, parts) => {
        const text = parts.join("");
        const clean = createSecretRedactor(secrets)(text, 1_000);
        expect(secrets.filter((secret) => clean.includes(secret))).toEqual([]);
        if (!secrets.some((secret) => text.includes(secret))) expect(clean).toBe(text);
      }),
    );
  });

  it("withholds the rest when secrets are made to be slow", () => {
    const secrets = Array.from({ length: 500 }, (_, index) => "a".repeat(8_000) + index);
    const started = performance.now();
    const clean = createSecretRedactor(secrets)("a".repeat(20_000), 8_192);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(clean).toBe("[secret]");
  });
});

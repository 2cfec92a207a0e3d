import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPattern } from "./check-pattern.ts";
import { compilePattern } from "./match-pattern.ts";

const free = (): void => {};
const isMatch = (pattern: string, text: string): boolean => compilePattern(pattern).matches(text, free);

describe("compilePattern", () => {
  // Everything the subset has, over a small alphabet, so that matches and near misses are frequent.
  const atom = fc.constantFrom(
    "a",
    "b",
    "c",
    ".",
    "\\d",
    "\\W",
    "[ab]",
    "[^a]",
    "\\x61",
    "\\u{62}",
    "\\p{L}",
    "-",
    "😀",
    "\\.",
    "[\\]a]",
  );
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      atom,
      fc.tuple(tie("pattern"), tie("pattern")).map((parts) => parts.join("")),
      fc.tuple(tie("pattern"), tie("pattern")).map((parts) => `(?:${parts.join("|")})`),
      fc
        .tuple(tie("pattern"), fc.constantFrom("*", "+", "?", "{2}", "{1,}", "{0,3}", "*?", "{0}"))
        .map(([item, quantifier]) => `(${item})${quantifier}`),
      tie("pattern").map((item) => `^${item}`),
      tie("pattern").map((item) => `${item}$`),
      fc.tuple(tie("pattern"), tie("pattern")).map((parts) => parts.join("|")),
    ),
  }));
  const text = fc.array(fc.constantFrom("a", "b", "c", "d", "-", "1", ".", "😀", "\n"), { maxLength: 8 });

  it("agrees with the engine of the platform", () => {
    fc.assert(
      fc.property(pattern, text, (source, chars) => {
        const given = chars.join("");
        // Anchored: V8's search for /[^a]$/u misses a text that is one astral character.
        expect(isMatch(source, given)).toBe(new RegExp(`^[^]*?(?:${source})`, "u").test(given));
      }),
      { numRuns: 5000 },
    );
  });

  it.each(["^(a+)+$", "^(a|a)*$", "^(a?){30}a{30}$", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$"])(
    "needs steps in proportion to the text for %s",
    (source) => {
      const { size, matches } = compilePattern(source);
      let steps = 0;
      matches(`${"a".repeat(2000)}!`, (amount) => {
        steps += amount;
      });
      expect(steps).toBeLessThan(2002 * (size + 2));
    },
  );
});

describe("checkPattern", () => {
  it.each([
    "^[a-z0-9]+(?:-[a-z0-9]+)*$",
    "^(?:[a-z0-9-]+\\.)+[a-z]{2,}$",
    "^(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)$",
    "^(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$",
    "^(?:foo|bar)+$",
    "^#[0-9A-Fa-f]{6}$",
    "^[^@\\s]+@[^@\\s]+$",
    "\\p{Lu}",
    "(?<year>\\d{4})",
    "",
    "^$",
    "a{0,1000}",
  ])("allows %j", (source) => {
    expect(checkPattern(source)).toBeNull();
  });

  it.each([
    "(a+)+",
    "(a*)*",
    "(a?b?)*",
    "(?:a|b|ab)*",
    "(a|a)+",
    "([a-z]+)*$",
    "(a?){2,}",
    "(.*,)+",
    "((a|b)*c?)*",
    "^(?:(?:a+)?b?)+$",
    "(?=a)",
    "(?!a)",
    "(?<=a)b",
    "(?<!a)b",
    "(?i:a)",
    "(a)\\1",
    "(?<x>a)\\k<x>",
    "\\bword",
    "\\B",
    "a{1001}",
    "(?:a{1000}){1000}",
    "a?".repeat(17),
    "(",
    "[",
    "\\",
    "a{2,1}",
    "x".repeat(257),
  ])("refuses %j", (source) => {
    expect(checkPattern(source)).not.toBeNull();
  });

  it("costs little for the most tangled pattern of full length", () => {
    const tangled = `(?:${Array.from({ length: 120 }, (_, at) => "abc"[at % 3]).join("|")})*`;
    const started = performance.now();
    for (let round = 0; round < 100; round++) checkPattern(tangled);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

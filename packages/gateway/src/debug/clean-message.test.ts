import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cleanMessage, MAX_MESSAGE_BYTES } from "./clean-message.ts";

const bytes = (text: string): number => new TextEncoder().encode(text).length;

test.each([
  ["plain", "plain"],
  ["tab\tstays", "tab\tstays"],
  ["line\nbreak\r", "line\\u000abreak\\u000d"],
  ["\u001b[31mred\u0000", "\\u001b[31mred\\u0000"],
  ["\u202eevil\u2066 \u061c\u200f", "\\u202eevil\\u2066 \\u061c\\u200f"],
  ["\u2028\u0085", "\\u2028\\u0085"],
  ["\ud800", "\ufffd"],
])("%j is shown as %j", (given, shown) => {
  expect(cleanMessage(given)).toEqual({ message: shown, truncated: false });
});

test("is cut at a character, never inside one", () => {
  const { message, truncated } = cleanMessage(`x${"🙂".repeat(3000)}`);
  expect(message).toBe(`x${"🙂".repeat(2047)}`);
  expect(truncated).toBe(true);
  expect(cleanMessage("é".repeat(4096))).toEqual({ message: "é".repeat(4096), truncated: false });
});

test("never says more than its bytes, nothing unsafe, and cuts only what is too long", () => {
  const part = fc.constantFrom("\n", "\u202e", "é", "🙂", "\ud83d", "x", "\t", "\u2028");
  const parts = fc.array(part, { minLength: 1, maxLength: 12 });
  const text = fc.tuple(parts, fc.nat(2000)).map(([some, times]) => some.join("").repeat(times));
  fc.assert(
    fc.property(text, (given) => {
      const { message, truncated } = cleanMessage(given);
      expect(bytes(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
      expect(message.isWellFormed()).toBe(true);
      expect(/\p{Cc}/u.test(message.replaceAll("\t", ""))).toBe(false);
      // A character and its escape are six bytes at most.
      if (truncated) expect(bytes(message)).toBeGreaterThan(MAX_MESSAGE_BYTES - 6);
      if (given.length <= MAX_MESSAGE_BYTES / 6) expect(truncated).toBe(false);
    }),
    { numRuns: 60 },
  );
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { capLines } from "./cap-lines.ts";

const line = (message: string) => ({ ts: "2026-01-01T00:00:00.000Z", level: "info", message });

test("lines within the caps are kept as they are", () => {
  const lines = [line("a"), line("é\0\n")];
  expect(capLines(lines)).toEqual(lines);
  expect(capLines([])).toEqual([]);
});

test("whatever comes in, what is kept is bounded and well-formed", () => {
  const message = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constant("\u{1f600}".repeat(3000)),
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 400 }), (messages) => {
      const kept = capLines(messages.map(line));
      expect(kept.length).toBeLessThanOrEqual(201);
      let total = 0;
      for (const { message: text } of kept) {
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8192);
        expect(text).not.toContain("\u{fffd}\u{fffd}\u{fffd}");
        total += Buffer.byteLength(text);
      }
      expect(total).toBeLessThanOrEqual(65_536 + 64);
      if (kept.length < messages.length) expect(kept.at(-1)?.level).toBe("warn");
    }),
    { numRuns: 50 },
  );
});

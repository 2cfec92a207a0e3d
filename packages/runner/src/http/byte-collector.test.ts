import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createByteCollector } from "./byte-collector.ts";

describe("createByteCollector", () => {
  it("gives back what was added, however it was cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200_000 }), { maxLength: 6 }), (pieces) => {
        const body = createByteCollector();
        for (const piece of pieces) body.add(piece);
        expect(body.length).toBe(pieces.reduce((sum, { length }) => sum + length, 0));
        expect(Buffer.compare(body.take(), Buffer.concat(pieces))).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it("keeps none of the pieces of a body that comes byte by byte", () => {
    const body = createByteCollector();
    const pieces = Array.from({ length: 1_000 }, (_, index) => Uint8Array.of(index % 251));
    const whole = Buffer.concat(pieces);
    for (const piece of pieces) body.add(piece);
    for (const piece of pieces) piece[0] = 255;
    const taken = body.take();
    expect(Buffer.compare(taken, whole)).toBe(0);
    // One buffer, at most twice as large as what is in it, or as small ones are.
    expect(taken.buffer.byteLength).toBe(64 * 1024);
  });

  it("does not copy a body that comes in one piece", () => {
    const body = createByteCollector();
    const piece = Buffer.from("whole");
    body.add(piece);
    expect(body.take().buffer).toBe(piece.buffer);
  });
});

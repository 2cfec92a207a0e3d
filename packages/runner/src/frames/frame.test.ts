import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createFrameDecoder,
  encodeFrame,
  encodeFrameHead,
  FRAME_PREFIX_BYTES,
  FrameViolation,
} from "./frame.ts";
import { packValue, unpackValue, type WireValue } from "./wire-value.ts";

/** A frame of this header text and nothing else. */
function frameOf(header: string): Uint8Array {
  const out = Buffer.alloc(FRAME_PREFIX_BYTES + header.length);
  out.writeUInt32LE(4 + header.length, 0);
  out.writeUInt32LE(header.length, 4);
  out.write(header, FRAME_PREFIX_BYTES);
  return out;
}

describe("frames", () => {
  it("survive any chunking", () => {
    const frame = fc.record({
      header: fc.dictionary(fc.string(), fc.jsonValue()),
      body: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(frames.map(({ header, body }) => encodeFrame(header as never, body)));
          const decoder = createFrameDecoder(1_000_000);
          const out: unknown[] = [];
          for (let at = 0, index = 0; at < bytes.length; index += 1) {
            const size = cuts[index % cuts.length] ?? 1;
            out.push(...decoder.push(bytes.subarray(at, at + size)));
            at += size;
          }
          const expected = frames.map(({ header, body }) => ({
            header: JSON.parse(JSON.stringify(header)) as unknown,
            headerBytes: Buffer.byteLength(JSON.stringify(header)),
            body: new Uint8Array(body),
          }));
          expect(
            out.map((one) => ({
              ...(one as object),
              body: new Uint8Array((one as { body: Uint8Array }).body),
            })),
          ).toEqual(expected);
        },
      ),
    );
  });

  it("are their head and their body", () => {
    const header = { t: "load", name: "é" };
    const body = Uint8Array.of(1, 2, 3);
    expect(Buffer.concat([encodeFrameHead(header, 3), body])).toEqual(encodeFrame(header, body));
  });

  it("refuse an oversized length before any of it arrives", () => {
    const prefix = new Uint8Array(FRAME_PREFIX_BYTES);
    new DataView(prefix.buffer).setUint32(0, 2 ** 31, true);
    expect(() => createFrameDecoder(1_000).push(prefix)).toThrow(FrameViolation);
  });

  it("refuse an oversized header before any of it arrives", () => {
    const prefix = new Uint8Array(FRAME_PREFIX_BYTES);
    new DataView(prefix.buffer).setUint32(0, 900, true);
    new DataView(prefix.buffer).setUint32(4, 101, true);
    expect(() => createFrameDecoder(1_000, 100).push(prefix)).toThrow(FrameViolation);
    expect(createFrameDecoder(1_000, 101).push(prefix)).toEqual([]);
  });

  it("never throw anything but a violation on garbage", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          createFrameDecoder(1_000).push(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameViolation);
        }
      }),
    );
    for (const text of ["[]", "null", "{", '"x"', "[".repeat(500)]) {
      expect(() => createFrameDecoder(10_000).push(frameOf(text))).toThrow(FrameViolation);
    }
  });
});

describe("wire values", () => {
  const value = fc.letrec<{ value: WireValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.uint8Array({ maxLength: 20 }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-zA-Z]{1,8}$/), tie("value"), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
    ),
  })).value;

  it("round-trip through JSON and bytes", () => {
    fc.assert(
      fc.property(value, (original) => {
        const { json, bytes } = packValue(original);
        expect(unpackValue(JSON.parse(JSON.stringify(json)), bytes)).toEqual(original);
      }),
    );
  });

  it("take texts that came as bytes", () => {
    expect(unpackValue([{ $s: [1, 2] }, { $s: [0, 1] }], Buffer.from("aé"))).toEqual(["é", "a"]);
  });

  it("never throw anything but a violation on what a cell makes up", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.uint8Array({ maxLength: 8 }), (json, bytes) => {
        try {
          unpackValue(json, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameViolation);
        }
      }),
    );
    for (const json of [
      { $b: [0, 9] },
      { $b: [-1, 1] },
      { $b: [0.5, 1] },
      { $b: "x" },
      { $n: "1e9" },
      { $n: 1 },
      { $s: [0, 9] },
      [{ $s: [0, 3] }, { $s: [0, 3] }],
      [{ $b: [0, 3] }, { $b: [1, 3] }],
      Array.from({ length: 20_001 }, () => 0),
      Array.from({ length: 150 }, () => Array.from({ length: 150 }, () => 0)),
    ]) {
      expect(() => unpackValue(json, new Uint8Array(4))).toThrow(FrameViolation);
    }
    let deep: unknown = 1;
    for (let depth = 0; depth < 100; depth += 1) deep = [deep];
    expect(() => unpackValue(deep, new Uint8Array())).toThrow(FrameViolation);
  });

  it("keep hostile keys from reaching a prototype", () => {
    const made = unpackValue(
      JSON.parse('{"__proto__":{"polluted":true},"constructor":1}'),
      new Uint8Array(),
    ) as Record<string, unknown>;
    expect(Object.getPrototypeOf(made)).toBeNull();
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

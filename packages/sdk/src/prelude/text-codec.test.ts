import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GuestTextDecoder } from "./guest-text-decoder.ts";
import { GuestTextEncoder } from "./guest-text-encoder.ts";
import { isAscii } from "./native-base64.ts";

const text = fc.oneof(
  fc.string({ unit: "binary-ascii" }),
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
/** Bytes that are often nearly UTF-8: text with single bytes replaced. */
const bytes = fc.oneof(
  fc.uint8Array(),
  fc
    .tuple(text, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }))
    .map(([source, edits]) => {
      const encoded = new TextEncoder().encode(source);
      for (const [at, byte] of edits) if (encoded.length > 0) encoded[at % encoded.length] = byte;
      return encoded;
    }),
  fc
    .array(
      fc.constantFrom(
        0x41,
        0x80,
        0xbf,
        0xc0,
        0xc2,
        0xe0,
        0xa0,
        0xed,
        0x9f,
        0xef,
        0xbb,
        0xf0,
        0x90,
        0xf4,
        0x8f,
        0xff,
      ),
    )
    .map((all) => Uint8Array.from(all)),
);
const outcome = (run: () => string): string => {
  try {
    return `ok ${run()}`;
  } catch (error) {
    return (error as Error).name;
  }
};
const runs = { numRuns: 2000 };

describe("GuestTextEncoder", () => {
  test("encodes as Node does, lone surrogates included", () => {
    fc.assert(
      fc.property(text, (source) => {
        expect(new GuestTextEncoder().encode(source)).toEqual(new TextEncoder().encode(source));
      }),
      runs,
    );
  });

  test("encodes into a buffer as far as it goes", () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 24 }), (source, room) => {
        const ours = new Uint8Array(room);
        const theirs = new Uint8Array(room);
        expect(new GuestTextEncoder().encodeInto(source, ours)).toEqual(
          new TextEncoder().encodeInto(source, theirs),
        );
        expect(ours).toEqual(theirs);
      }),
      runs,
    );
  });

  test("takes nothing for an empty string", () => {
    expect(new GuestTextEncoder().encode()).toEqual(new Uint8Array(0));
  });
});

describe("GuestTextDecoder", () => {
  test("decodes as Node does, with and without fatal and ignoreBOM", () => {
    fc.assert(
      fc.property(bytes, fc.boolean(), fc.boolean(), (source, fatal, ignoreBOM) => {
        const options = { fatal, ignoreBOM };
        expect(outcome(() => new GuestTextDecoder("utf-8", options).decode(source))).toBe(
          outcome(() => new TextDecoder("utf-8", options).decode(source)),
        );
      }),
      runs,
    );
  });

  test("decodes chunks as Node does", () => {
    fc.assert(
      fc.property(
        bytes,
        fc.array(fc.nat({ max: 6 }), { maxLength: 8 }),
        fc.boolean(),
        (source, sizes, ignoreBOM) => {
          const ours = new GuestTextDecoder("utf8", { ignoreBOM });
          const theirs = new TextDecoder("utf8", { ignoreBOM });
          let at = 0;
          for (const size of sizes) {
            const chunk = source.subarray(at, at + size);
            at += chunk.length;
            expect(ours.decode(chunk, { stream: true })).toBe(theirs.decode(chunk, { stream: true }));
          }
          expect(ours.decode(source.subarray(at))).toBe(theirs.decode(source.subarray(at)));
          expect(ours.decode(source)).toBe(theirs.decode(source));
        },
      ),
      runs,
    );
  });

  test("takes buffers and views, and nothing", () => {
    const { buffer } = new TextEncoder().encode("xabcx");
    expect(new GuestTextDecoder().decode(buffer)).toBe("xabcx");
    expect(new GuestTextDecoder().decode(new DataView(buffer, 1, 3))).toBe("abc");
    expect(new GuestTextDecoder().decode()).toBe("");
  });

  test("knows no other encoding", () => {
    expect(() => new GuestTextDecoder("latin1")).toThrow(RangeError);
    expect(new GuestTextDecoder(" UTF8 ").encoding).toBe("utf-8");
  });
});

test("isAscii sees every byte, wherever the view begins", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 7 }), (source, from) => {
      const view = source.subarray(Math.min(from, source.length));
      expect(isAscii(view)).toBe(view.every((byte) => byte < 128));
    }),
  );
  for (let at = 0; at < 70; at++) {
    const one = new Uint8Array(70);
    one[at] = 0x80;
    expect(isAscii(one)).toBe(false);
  }
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bits, der, oid, sequence, time } from "../testing/encode-der.ts";
import { codeOf } from "../../test-support/refusal.ts";
import {
  readBits,
  readBoolean,
  readBytes,
  readChildren,
  readDer,
  readInteger,
  readOid,
  readPositive,
  readSmallInteger,
  readTime,
} from "./der.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const ascii = (tag: number, text: string): Uint8Array => der(tag, Buffer.from(text));

test.each([
  ["nothing", ""],
  ["a tag alone", "30"],
  ["less than it says", "04 02 00"],
  ["more than it says", "04 01 00 00"],
  ["an indefinite length", "30 80 00 00"],
  ["a length in more bytes than it needs", "04 81 01 00"],
  ["a length with a leading zero", `04 82 00 80 ${"00".repeat(128)}`],
  ["a length of four bytes", "04 84 00 00 00 01 00"],
  ["a length that is cut off", "04 82 01"],
  ["a tag number of several bytes", "1f 81 01 00"],
])("readDer refuses %s", async (_row, text) => {
  expect(await codeOf(() => readDer(hex(text)))).toBe("certificate_malformed");
});

test("readDer takes the shortest lengths of every size", () => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536])
    expect(readDer(der(0x04, new Uint8Array(length))).content).toHaveLength(length);
});

test("readChildren refuses another type and endless lists", async () => {
  expect(readChildren(readDer(sequence(oid("1.2"), sequence())))).toHaveLength(2);
  expect(await codeOf(() => readChildren(readDer(der(0x31))))).toBe("certificate_malformed");
  const many = sequence(...Array.from({ length: 257 }, () => der(0x05)));
  expect(await codeOf(() => readChildren(readDer(many)))).toBe("certificate_malformed");
});

test.each([
  ["a boolean that is neither", () => readBoolean(readDer(hex("01 01 01")))],
  ["a boolean of two bytes", () => readBoolean(readDer(hex("01 02 ff ff")))],
  ["an empty integer", () => readInteger(readDer(hex("02 00")))],
  ["an integer with a needless zero", () => readInteger(readDer(hex("02 02 00 7f")))],
  ["a negative one with a needless ff", () => readInteger(readDer(hex("02 02 ff 80")))],
  ["a negative small number", () => readSmallInteger(readDer(hex("02 01 ff")))],
  ["a small number that is not small", () => readSmallInteger(readDer(hex("02 02 00 80")))],
  ["zero as a positive number", () => readPositive(readDer(hex("02 01 00")))],
  ["a negative positive number", () => readPositive(readDer(hex("02 01 80")))],
  ["an empty object identifier", () => readOid(readDer(hex("06 00")))],
  ["an object identifier that is cut off", () => readOid(readDer(hex("06 02 2a 86")))],
  ["an object identifier with a leading 80", () => readOid(readDer(hex("06 03 2a 80 01")))],
  ["an object identifier that is too big", () => readOid(readDer(hex(`06 0b 2a ${"ff".repeat(9)} 7f`)))],
  ["bytes that end within one", () => readBytes(readDer(hex("03 02 01 00")))],
  ["an empty bit string", () => readBytes(readDer(hex("03 00")))],
  ["bits that are set past the end", () => readBits(readDer(hex("03 02 04 ff")))],
  ["nine unused bits", () => readBits(readDer(hex("03 02 09 00")))],
  ["unused bits of nothing", () => readBits(readDer(hex("03 01 01")))],
  ["bits without end", () => readBits(readDer(hex("03 04 00 00 00 00")))],
  ["a day that does not exist", () => readTime(readDer(ascii(0x17, "260230000000Z")))],
  ["an hour that does not exist", () => readTime(readDer(ascii(0x17, "260201240000Z")))],
  ["a time without seconds", () => readTime(readDer(ascii(0x17, "2602010000Z")))],
  ["a time of another zone", () => readTime(readDer(ascii(0x17, "260201000000+0100")))],
  ["a time with fractions", () => readTime(readDer(ascii(0x18, "20260201000000.5Z")))],
  ["a time as text", () => readTime(readDer(ascii(0x0c, "260201000000Z")))],
  ["no time", () => readTime(undefined)],
])("refuses %s", async (_row, read) => {
  expect(await codeOf(read)).toBe("certificate_malformed");
});

test("what is written is read again", () => {
  const arcs = fc.tuple(fc.nat(2), fc.nat(39), fc.array(fc.nat(2 ** 31), { maxLength: 8 }));
  fc.assert(
    fc.property(arcs, ([first, second, rest]) => {
      const dotted = [first, second, ...rest].join(".");
      expect(readOid(readDer(oid(dotted)))).toBe(dotted);
    }),
  );
  const dates = fc.date({ min: new Date("1950-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(dates, (date) => {
      date.setUTCMilliseconds(0);
      expect(readTime(readDer(time(date)))).toBe(date.getTime());
    }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(8)), (numbers) => {
      expect(readBits(readDer(bits(numbers)))).toEqual(new Set(numbers));
    }),
  );
});

test("any bytes end in an answer or in a refusal", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
      for (const read of [readOid, readTime, readBits, readPositive, readChildren])
        expect(["accepted", "certificate_malformed"]).toContain(
          await codeOf(() => void read(readDer(bytes))),
        );
    }),
    { numRuns: 500 },
  );
});

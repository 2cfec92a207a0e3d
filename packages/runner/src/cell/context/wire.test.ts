import * as fc from "fast-check";
import { expect, it } from "vitest";
import * as supervisor from "../../frames/wire-value.ts";
import { packValue, unpackValue } from "./wire.ts";

const host = {
  encodeInto: (text: string, target: Uint8Array) => new TextEncoder().encodeInto(text, target).written,
} as Parameters<typeof packValue>[1];

/** What both ends carry: no `null` on its way in, which is how the supervisor says that there is nothing. */
const value = fc.letrec<{ item: unknown }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 4 },
    fc.string({ maxLength: 40 }),
    fc.string({ minLength: 1_000, maxLength: 1_100 }),
    fc.integer(),
    fc.boolean(),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.uint8Array({ maxLength: 50 }),
    fc.array(tie("item"), { maxLength: 5 }),
    fc.dictionary(fc.stringMatching(/^[a-z][a-zA-Z]{0,8}$/), tie("item"), {
      maxKeys: 5,
      noNullPrototype: true,
    }),
  ),
})).item;

it("carries every value to the supervisor", () => {
  fc.assert(
    fc.property(value, (sent) => {
      const copy = structuredClone(sent);
      const { json, bytes } = packValue(sent, host);
      const received = supervisor.unpackValue(JSON.parse(json), bytes ?? new Uint8Array());
      expect(structuredClone(received)).toEqual(copy);
    }),
  );
});

it("carries every value from the supervisor", () => {
  fc.assert(
    fc.property(value, (sent) => {
      const { json, bytes } = supervisor.packValue(sent as Parameters<typeof supervisor.packValue>[0]);
      const received = unpackValue(JSON.parse(JSON.stringify(json)), bytes);
      expect(received).toEqual(sent);
    }),
  );
});

it("takes nothing for an absent value, wherever it stands", () => {
  expect(unpackValue(JSON.parse('{"a":null,"b":[null,1]}'), new Uint8Array())).toEqual({
    a: undefined,
    b: [undefined, 1],
  });
  expect(unpackValue(null, new Uint8Array())).toBeUndefined();
});

it("leaves the prototype of what it reads alone", () => {
  const read = unpackValue(JSON.parse('{"__proto__":{"isAdmin":null}}'), new Uint8Array()) as object;
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  expect("isAdmin" in read).toBe(false);
});

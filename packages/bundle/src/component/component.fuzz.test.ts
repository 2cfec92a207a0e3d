import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BundleError } from "../errors.ts";
import {
  component,
  coreModule,
  embed,
  importingInstance,
  liftedAs,
  name,
  nested,
  section,
  vec,
  voidType,
  withBody,
} from "../../test-support/wasm.ts";
import { inspectComponent } from "./inspect-component.ts";

const memory = section(5, vec([0x01, 1, 2]));
const table = section(4, vec([0x70, 0x00, 2]));
/** Touches every section and most kinds of immediates in a few hundred bytes, so that most mutations hit structure. */
const SEED = component(
  importingInstance("alga:extension/storage", "get", "put"),
  embed(
    coreModule(
      voidType,
      section(2, vec([...name("m"), ...name("f"), 0, 0], [...name("m"), ...name("g"), 3, 0x7f, 0])),
      table,
      memory,
      section(6, vec([0x7f, 1, 0x41, 0x7f, 0x0b], [0x7e, 0, 0x42, 0x80, 0x7f, 0x0b])),
      section(7, vec([...name("mem"), 2, 0])),
      section(9, vec([0, 0x41, 0, 0x0b, ...vec([0])], [5, 0x70, ...vec([0xd2, 0, 0x0b])])),
      section(11, vec([0, 0x41, 0, 0x0b, 3, 1, 2, 3], [1, 1, 9])),
    ),
  ),
  embed(withBody([0x02, 0x40, 0x41, 0, 0x0e, 1, 0, 0, 0x0b, 0x41, 0, 0x28, 2, 0, 0x11, 0, 0], table, memory)),
  nested(component(embed(coreModule()), section(2, vec([0x00, 0, 0])))),
  section(5, vec([0x00, 0, 0])),
  liftedAs("handler"),
);

type Mutation = (input: number[]) => number[];
const at = fc.nat(SEED.length);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ at, value: fc.nat(255) }).map(
    (m): Mutation =>
      (input) =>
        input.with(Math.min(m.at, input.length - 1), m.value),
  ),
  fc.record({ at, count: fc.integer({ min: 1, max: 20 }) }).map((m): Mutation => (input) => [
    ...input.slice(0, m.at),
    ...input.slice(m.at + m.count),
  ]),
  fc
    .record({ at, values: fc.array(fc.nat(255), { minLength: 1, maxLength: 8 }) })
    .map((m): Mutation => (input) => [...input.slice(0, m.at), ...m.values, ...input.slice(m.at)]),
  // Huge, overlong and negative numbers where a count or a size may stand.
  fc
    .record({
      at,
      leb: fc.constantFrom([0xff, 0xff, 0xff, 0xff, 0x0f], [0x80, 0x80, 0x00], [0xff, 0xff, 0x7f]),
    })
    .map((m): Mutation => (input) => [...input.slice(0, m.at), ...m.leb, ...input.slice(m.at + 1)]),
  fc.record({ from: at, to: at, length: fc.nat(40) }).map((m): Mutation => (input) => [
    ...input.slice(0, m.to),
    ...input.slice(m.from, m.from + m.length),
    ...input.slice(m.to),
  ]),
);

test("J16: 10,000 mutated components end in a report or a typed refusal, none slowly", () => {
  let slowestMs = 0;
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      let data: number[] = SEED;
      for (const mutate of mutations) if (data.length > 0) data = mutate(data);
      const started = performance.now();
      try {
        inspectComponent(Uint8Array.from(data));
        accepted++;
      } catch (error) {
        if (!(error instanceof BundleError)) throw error;
      }
      slowestMs = Math.max(slowestMs, performance.now() - started);
    }),
    { numRuns: 10_000 },
  );
  expect(slowestMs).toBeLessThan(2000);
  // The seed is real enough that some mutations leave it valid.
  expect(accepted).toBeGreaterThan(10);
});

test("the seed itself is accepted", () => {
  expect(inspectComponent(Uint8Array.from(SEED)).exports).toEqual(["handler"]);
});

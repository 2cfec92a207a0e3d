import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { locateJson, type JsonNode } from "./locate-json.ts";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

// Valid texts with one character replaced or removed: the neighbourhood where a scanner and JSON.parse could differ.
const mutated = fc
  .tuple(
    fc.json(),
    fc.nat(),
    fc.constantFrom(
      "",
      ",",
      ":",
      "{",
      "}",
      "[",
      "]",
      '"',
      "\\",
      "0",
      " ",
      "-",
      ".",
      "e",
      "\u0001",
      "\u2028",
      "\uFEFF",
    ),
  )
  .map(([text, at, piece]) => {
    const cut = at % (text.length + 1);
    return text.slice(0, cut) + piece + text.slice(cut + 1);
  });

describe("locateJson", () => {
  it("takes for JSON exactly what JSON.parse takes", () => {
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string(), fc.json()), (text) => {
        expect(locateJson(text).errorOffset === null).toBe(isJson(text));
      }),
      { numRuns: 5000 },
    );
  });

  it("places values, keys and repeated keys", () => {
    const layout = locateJson(`{"a": [1, {"b": 2}], "a": [3]}`);
    const offsets = (node: JsonNode): unknown => [
      node.offset,
      Object.fromEntries([...node.children].map(([key, child]) => [key, offsets(child)])),
    ];
    expect(offsets(layout.root)).toEqual([0, { a: [21, { 0: [27, {}] }] }]);
    expect(offsets(locateJson(` [1, {"b": 2}]`).root)).toEqual([1, { 0: [2, {}], 1: [5, { b: [6, {}] }] }]);
    expect(layout.duplicates).toEqual(["/a"]);
  });

  it("needs room in proportion to the text, however deep and long its keys are", () => {
    const deep = `{"${"k".repeat(2000)}":`.repeat(60);
    const text = `${deep}[${"0,".repeat(50_000)}0]${"}".repeat(60)}`;
    const before = process.memoryUsage().heapUsed;
    const layout = locateJson(text);
    expect(layout.errorOffset).toBeNull();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
  });

  it("copes with nesting as deep as the text is long, and with long strings", () => {
    expect(locateJson("[".repeat(200_000)).errorOffset).toBe(200_000);
    expect(locateJson(`["${"x".repeat(250_000)}"]`).errorOffset).toBeNull();
    expect(locateJson(`["${"\\n".repeat(120_000)}"]`).errorOffset).toBeNull();
    expect(locateJson(`["${"\\n".repeat(120_000)}`).errorOffset).toBe(1);
  });
});

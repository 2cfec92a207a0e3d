import type { JsonValue, StorageOperation } from "@alga-ext/protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StorageError } from "../errors.ts";
import { encodeCursor, parseOperation } from "./parse-operation.ts";

test("anything at all is either checked or refused with a code", () => {
  const field = fc.oneof(
    fc.anything(),
    fc.string(),
    fc.integer(),
    fc.constantFrom("put", "list", "get", "bulkPut", "delete"),
  );
  const anyOperation = fc.oneof(
    fc.anything(),
    fc.record(
      {
        operation: fc.constantFrom("put", "list", "get", "bulkPut", "delete"),
        namespace: field,
        key: field,
        value: fc.jsonValue(),
        items: fc.array(field),
        metadata: field,
        ttlSeconds: field,
        ifRevision: field,
        cursor: field,
        limit: field,
        keyPrefix: field,
      },
      { requiredKeys: ["operation"] },
    ),
  );
  fc.assert(
    fc.property(anyOperation, (input) => {
      try {
        parseOperation(input as StorageOperation);
      } catch (error) {
        expect(error).toBeInstanceOf(StorageError);
      }
    }),
    { numRuns: 2000 },
  );
});

test("what the database could not hold is refused before it gets there", () => {
  const deep = (levels: number): JsonValue =>
    JSON.parse("[".repeat(levels) + "]".repeat(levels)) as JsonValue;
  const put = (changed: object) => () =>
    parseOperation({ operation: "put", namespace: "n", key: "k", value: 1, ...changed });
  for (const bad of [
    { value: deep(100_000) },
    { value: deep(91) },
    { metadata: { deep: deep(91) } },
    { schemaVersion: 2_147_483_648 },
    { schemaVersion: 1.5 },
  ]) {
    expect(put(bad)).toThrow(expect.objectContaining({ code: "VALIDATION_FAILED" }));
  }
  expect(put({ value: deep(90), schemaVersion: 2_147_483_647 })()).toMatchObject({ operation: "put" });
});

test("a cursor leads back to its key", () => {
  const key = fc
    .string({ unit: "binary", minLength: 1, maxLength: 256 })
    .filter((text) => text.isWellFormed() && !text.includes("\0"));
  fc.assert(
    fc.property(key, (text) => {
      if (text.length > 256) return;
      const parsed = parseOperation({ operation: "list", namespace: "n", cursor: encodeCursor(text) });
      expect(parsed).toMatchObject({ after: text });
    }),
  );
});

import * as fc from "fast-check";
import { matchesHost } from "@alga-ext/manifest";
import { expect, test } from "vitest";
import { checkGrants, limitGrants } from "./limit-grants.ts";

const capability = fc.constantFrom(
  "cap:storage.kv",
  "cap:http.fetch",
  "cap:secrets.get",
  "storage.kv",
  "cap:nonsense",
);
const host = fc.constantFrom("a.example", "*.example", "b.a.example", "{x}.a.example", "*", "evil.test");
const grants = fc.record({ capabilities: fc.array(capability), egress: fc.array(host) });
const declared = fc.record({
  capabilities: fc.subarray(["cap:storage.kv", "cap:http.fetch", "cap:secrets.get"]),
  egress: fc.subarray(["a.example", "*.example", "{x}.a.example"]),
});

test("what is granted is part of what is declared and part of what was given", () => {
  fc.assert(
    fc.property(declared, grants, (asked, given) => {
      const granted = limitGrants(asked, given);
      const covers = (patterns: readonly string[], name: string) =>
        patterns.some((pattern) => pattern === name || matchesHost(pattern, name));
      for (const name of granted.capabilities) {
        expect(asked.capabilities).toContain(name);
        expect(given.capabilities.map((one) => `cap:${one.replace("cap:", "")}`)).toContain(name);
      }
      for (const name of granted.egress) {
        expect(covers(asked.egress, name)).toBe(true);
        expect(covers(given.egress, name)).toBe(true);
      }
      // Limiting again, or by the same version, takes nothing more away.
      expect(limitGrants(asked, granted)).toEqual(granted);
    }),
  );
});

test("silence is a mistake of the caller", () => {
  for (const wrong of [
    undefined,
    null,
    "declared",
    {},
    { capabilities: [] },
    { capabilities: [], egress: [1] },
  ]) {
    expect(() => checkGrants(wrong as never)).toThrow(TypeError);
  }
  const right = { capabilities: ["x"], egress: [] };
  expect(checkGrants(right)).toBe(right);
});

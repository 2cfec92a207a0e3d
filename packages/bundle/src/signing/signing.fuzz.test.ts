import * as fc from "fast-check";
import { expect, test } from "vitest";
import { signatureProperties } from "../../test-support/hostile-signatures.ts";

// The long run is `scripts/fuzz-signatures.ts`.
const RUNS = 120;

const outcomes = new Set<string>();
const properties = await signatureProperties((code) => outcomes.add(code));

test.each(properties)("mutated: $name", async ({ share, property }) => {
  await fc.assert(property, { numRuns: RUNS * share });
});

test("the mutations reach deep enough", () => {
  for (const code of [
    "accepted",
    "signature_malformed",
    "signature_invalid",
    "forbidden_header",
    "unsupported_algorithm",
    "untrusted_chain",
    "statement_mismatch",
    "certificate_malformed",
    "invalid_trust_document",
  ])
    expect(outcomes).toContain(code);
});

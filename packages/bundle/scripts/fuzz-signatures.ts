/**
 * The long fuzz of signatures, certificates and trust documents, outside `npm test`:
 * `node packages/bundle/scripts/fuzz-signatures.ts [cases] [seed]`.
 *
 * What is accepted must say what was signed, by who signed it, and OpenSSL must read accepted certificates the same
 * way; what is refused must be a typed refusal. Ends with status 1 and the smallest failing case otherwise.
 */
import * as fc from "fast-check";
import { signatureProperties } from "../test-support/hostile-signatures.ts";

const cases = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);

const outcomes = new Map<string, number>();
const properties = await signatureProperties(
  (code) => void outcomes.set(code, (outcomes.get(code) ?? 0) + 1),
);
const shares = properties.reduce((sum, { share }) => sum + share, 0);

console.log(`${cases} cases, seed ${seed}`);
for (const { name, share, property } of properties) {
  const numRuns = Math.ceil((cases * share) / shares);
  const started = performance.now();
  const result = await fc.check(property, { numRuns, seed });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${result.failed ? "FAILED" : "held"}: ${name} (${result.numRuns} cases, ${seconds} s)`);
  if (!result.failed) continue;
  process.exitCode = 1;
  console.log(fc.defaultReportMessage(result), result.errorInstance);
}
for (const [code, times] of [...outcomes].toSorted((a, b) => b[1] - a[1])) console.log(`${times} ${code}`);

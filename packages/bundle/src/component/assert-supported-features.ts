import type { ComponentReport } from "./inspect-component.ts";
import { refuseFeature, type WasmFeature } from "./tally.ts";

const SUPPORTED: ReadonlySet<WasmFeature> = new Set<WasmFeature>(["simd"]);

/**
 * Refuse a component that uses a proposal whose limits the sandbox cannot enforce: shared memory, atomics, 64-bit
 * memory, garbage collection, tail calls, several memories, exceptions and the like.
 *
 * @throws {BundleError} `unsupported_feature`, with `details.feature` and `details.features`
 */
export function assertSupportedFeatures(report: Pick<ComponentReport, "features">): void {
  const refused = report.features.filter((feature) => !SUPPORTED.has(feature));
  if (refused[0] !== undefined) throw refuseFeature(refused[0], refused);
}

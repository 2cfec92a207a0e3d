import { BundleError } from "../errors.ts";
import type { ComponentLimits } from "../options.ts";

/** A WebAssembly proposal that a component uses beyond the plain instruction set. */
export type WasmFeature =
  | "simd"
  | "relaxed-simd"
  | "shared-memory"
  | "atomics"
  | "memory64"
  | "multi-memory"
  | "custom-page-sizes"
  | "gc"
  | "function-references"
  | "tail-calls"
  | "exceptions"
  | "stack-switching"
  | "wide-arithmetic"
  | "component-async"
  | "component-values"
  | "component-linking";

/** Sums over all modules of one inspection, checked against the caps while they grow. */
export class Tally {
  readonly limits: ComponentLimits;
  readonly features = new Set<WasmFeature>();
  coreModules = 0;
  components = 0;
  functions = 0;
  tableElements = 0;

  constructor(limits: ComponentLimits) {
    this.limits = limits;
  }

  /** @throws {BundleError} `component_limit` */
  within(limit: keyof ComponentLimits, value: number): void {
    const max = this.limits[limit];
    if (value <= max) return;
    throw new BundleError("component_limit", `The component exceeds ${limit} (${max}).`, {
      details: { limit, max, value: Math.min(value, Number.MAX_SAFE_INTEGER) },
    });
  }
}

/** The error for a proposal that the sandbox does not allow. */
export function refuseFeature(
  feature: WasmFeature,
  features: readonly WasmFeature[] = [feature],
): BundleError {
  const message = `The component uses ${features.join(", ")}, which the sandbox does not allow.`;
  return new BundleError("unsupported_feature", message, { details: { feature, features } });
}

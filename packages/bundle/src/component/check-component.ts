import { manifestInterfaces, type Manifest } from "@alga-ext/manifest";
import type { WitInterface } from "@alga-ext/protocol/wit";
import { BundleError } from "../errors.ts";
import { assertRunnerWorld } from "./assert-runner-world.ts";
import { assertSupportedFeatures } from "./assert-supported-features.ts";
import { inspectComponent, type ComponentReport, type InspectOptions } from "./inspect-component.ts";
import { matchWorld, type RunnerWorldOptions, type WorldMatch } from "./match-world.ts";
import { unusedCapabilities } from "./unused-capabilities.ts";

/** Options of {@link checkComponent}. */
export interface CheckComponentOptions extends InspectOptions, Pick<RunnerWorldOptions, "hostInterfaces"> {}

/** A component that may be published, and what its author should know. */
export interface ComponentCheck {
  readonly report: ComponentReport;
  readonly world: WorldMatch;
  /** Interfaces it imports without declaring them; only a component of the whole world passes with any. */
  readonly undeclared: readonly WitInterface[];
  /** Capabilities the manifest declares without need. */
  readonly unused: readonly string[];
  /** Sentences for the author. */
  readonly warnings: readonly string[];
}

/**
 * Everything publishing asks of a component: safe names, supported features, the runner's world, and no import that the
 * manifest does not declare.
 *
 * A component that imports the whole world was built by an older toolchain, which always does that: it passes with a
 * warning, and its undeclared calls are denied when they happen.
 *
 * @throws {BundleError} `malformed_component`, `bad_core_name`, `bad_component_name`, `component_limit`,
 * `unsupported_feature`, `world_mismatch`, or `undeclared_import` with `details.interfaces`
 */
export function checkComponent(
  bytes: Uint8Array,
  manifest: Pick<Manifest, "capabilities">,
  options: CheckComponentOptions = {},
): ComponentCheck {
  const report = inspectComponent(bytes, options);
  assertSupportedFeatures(report);
  assertRunnerWorld(report, options);
  const world = matchWorld(report, options);
  const declared = new Set(manifestInterfaces(manifest));
  const undeclared = world.interfaces.filter((name) => !declared.has(name));
  if (undeclared.length > 0 && world.coverage === "partial") {
    throw new BundleError(
      "undeclared_import",
      `The component imports ${undeclared.join(", ")}, which the manifest does not declare. Declare the capability or rebuild.`,
      { details: { interfaces: undeclared } },
    );
  }
  const unused = unusedCapabilities(report, manifest);
  const warnings = unused.map((name) => `The manifest declares ${name}, but the component never imports it.`);
  if (undeclared.length > 0) {
    warnings.unshift(
      `The component imports the whole world; calls to ${undeclared.join(", ")} will be denied, because the manifest does not declare them.`,
    );
  }
  return { report, world, undeclared, unused, warnings };
}

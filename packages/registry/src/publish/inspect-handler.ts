import {
  assertRunnerWorld,
  assertSafeNames,
  assertSupportedFeatures,
  inspectComponent,
} from "@alga-ext/bundle";
import { manifestInterfaces, type Manifest } from "@alga-ext/manifest";
import { WIT_INTERFACES, WIT_PACKAGE } from "@alga-ext/protocol/wit";
import { RegistryError } from "../errors.ts";

/**
 * Check an extension's component against its manifest without running any of it.
 *
 * A component may import only what its manifest declares. One that imports the whole world was built by an older
 * toolchain, which always does that: it passes with a warning, and its undeclared calls are denied when they happen.
 *
 * @returns sentences for the author
 * @throws {RegistryError} `undeclared_import`
 * @throws {BundleError} `bad_core_name`, `malformed_component`, `unsupported_feature`, `world_mismatch`, …
 */
export function inspectHandler(component: Uint8Array, manifest: Manifest): string[] {
  assertSafeNames(component);
  const report = inspectComponent(component);
  assertSupportedFeatures(report);
  assertRunnerWorld(report);
  const imported = new Set(report.imports);
  const declared = new Set<string>(manifestInterfaces(manifest));
  const undeclared = WIT_INTERFACES.filter(
    (name) => imported.has(`${WIT_PACKAGE}/${name}`) && !declared.has(name),
  );
  if (undeclared.length === 0) return [];
  if (WIT_INTERFACES.every((name) => imported.has(`${WIT_PACKAGE}/${name}`))) {
    return [
      `The component imports the whole world; calls to ${undeclared.join(", ")} will be denied, because the manifest does not declare them.`,
    ];
  }
  throw new RegistryError(
    "undeclared_import",
    `The component imports ${undeclared.join(", ")}, which the manifest does not declare. Declare the capability or rebuild.`,
    { details: { interfaces: undeclared } },
  );
}

import { BundleError } from "../errors.ts";
import { matchWorld, type RunnerWorldOptions, type WorldNames } from "./match-world.ts";

/**
 * Refuse a component whose imports or exports have names outside world `alga:extension/runner`, or that lacks a
 * `handler`; see {@link matchWorld}.
 *
 * @throws {BundleError} `world_mismatch`, with `details.imports` and `details.exports` that do not belong
 */
export function assertRunnerWorld(report: WorldNames, options: RunnerWorldOptions = {}): void {
  const { matches, foreignImports, foreignExports, missingExports } = matchWorld(report, options);
  if (matches) return;
  throw new BundleError("world_mismatch", "The component is not built for world alga:extension/runner.", {
    details: {
      imports: foreignImports.slice(0, 20),
      exports: foreignExports.slice(0, 20),
      missing: missingExports,
    },
  });
}

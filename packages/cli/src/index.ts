/**
 * Build, pack, sign and publish extensions, as functions; the bin `alga-ext` is a thin front of these.
 *
 * Import from `@alga-ext/cli`.
 * @module
 */
export { build, type BuildOptions, type BuildResult } from "./build/build.ts";
export { CLI_STATUS, CliError, type CliErrorCode } from "./errors.ts";
export type { ProgressReporter } from "./ports.ts";

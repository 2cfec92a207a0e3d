/**
 * Build, pack, sign and publish extensions, as functions; the bin `alga-ext` is a thin front of these.
 *
 * Import from `@alga-ext/cli`.
 * @module
 */
export { build, type BuildOptions, type BuildResult } from "./build/build.ts";
export { packProject, type PackOptions, type PackResult } from "./pack-project.ts";
export { signBundle, type SignOptions, type SignResult } from "./sign-bundle.ts";
export { verifyBundle, type VerifyBundleOptions, type VerifyBundleResult } from "./verify-bundle.ts";
export { publishBundle, type PublishOptions } from "./publish-bundle.ts";
export { generateKey, type GenerateKeyOptions, type GenerateKeyResult } from "./generate-key.ts";
export { runCli, type CliStreams } from "./run-cli.ts";
export { EXIT_CODES, toExitCode } from "./exit-codes.ts";
export { CLI_STATUS, CliError, type CliErrorCode } from "./errors.ts";
export type { ProgressReporter } from "./ports.ts";

import { BundleError } from "@alga-ext/bundle";
import { CliError, type CliErrorCode } from "./errors.ts";
import { NODE_TOO_OLD } from "./node-floor.ts";

/** Exit codes of the bin; they never change meaning. */
export const EXIT_CODES = {
  ok: 0,
  /** A defect of the tool itself. */
  unexpected: 1,
  /** Wrong arguments. */
  usage: 2,
  /** The project, its manifest or a named file. */
  project: 3,
  /** The handler or the page does not build. */
  build: 4,
  /** The archive, a key or a signature. */
  bundle: 5,
  /** The host cannot be reached; trying again may help. */
  unreachable: 6,
  /** The host refused. */
  refused: 7,
  /** Node is older than the tool needs. */
  node: NODE_TOO_OLD,
} as const;

const OF_CLI_ERROR: Readonly<Record<CliErrorCode, number>> = {
  project_not_found: EXIT_CODES.project,
  invalid_manifest: EXIT_CODES.project,
  not_built: EXIT_CODES.project,
  file_unusable: EXIT_CODES.project,
  handler_not_found: EXIT_CODES.build,
  handler_invalid: EXIT_CODES.build,
  handler_start_failed: EXIT_CODES.build,
  undeclared_import: EXIT_CODES.build,
  ui_invalid: EXIT_CODES.build,
  host_unreachable: EXIT_CODES.unreachable,
  publish_refused: EXIT_CODES.refused,
};

/** The exit code that an error becomes. */
export function toExitCode(error: unknown): number {
  if (error instanceof CliError) return OF_CLI_ERROR[error.code];
  if (error instanceof BundleError) return EXIT_CODES.bundle;
  return EXIT_CODES.unexpected;
}

import { CodedError, type CodedErrorOptions } from "@alga-ext/protocol";

/** HTTP status that means the same as each code; the bin's exit codes are in the README. */
export const CLI_STATUS = {
  /** The folder holds no readable `manifest.json`. */
  project_not_found: 404,
  /** `manifest.json` is refused; `details.problems` says where and why. */
  invalid_manifest: 422,
  /** The manifest declares endpoints, but there is no `src/handler.ts`. */
  handler_not_found: 404,
  /** The handler does not compile (`details.problems` says where and why), or exports no function. */
  handler_invalid: 422,
  /** The handler's module scope failed while it ran at build time. */
  handler_start_failed: 422,
  /** Something is imported that the manifest's capabilities do not imply. */
  undeclared_import: 422,
  /** The UI does not build. */
  ui_invalid: 422,
  /** There is nothing to pack yet: build first. */
  not_built: 409,
  /** A file that was named cannot be read or written. */
  file_unusable: 400,
  /** The host cannot be reached. */
  host_unreachable: 503,
  /** The host refused the bundle; `details.code` is its reason. */
  publish_refused: 422,
} as const satisfies Record<string, number>;

/** A code of {@link CliError}; see {@link CLI_STATUS}. */
export type CliErrorCode = keyof typeof CLI_STATUS;

/** What building, packing, signing and publishing refuse to do, and why. */
export class CliError extends CodedError<CliErrorCode> {
  static override readonly brand = "CliError";

  constructor(code: CliErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, CLI_STATUS[code], message, options);
  }
}

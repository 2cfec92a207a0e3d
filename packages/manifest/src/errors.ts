import { CodedError, type CodedErrorOptions } from "@alga-ext/protocol";

/** HTTP status of every manifest error code. */
export const MANIFEST_STATUS = {
  /** The manifest is not JSON, or not a manifest; `details.problems` says where and why. */
  invalid_manifest: 400,
  /** A setting's value cannot become part of a host name; `details.settings` are the pointers. */
  invalid_setting: 400,
} as const satisfies Record<string, number>;

/** A manifest error code; see {@link MANIFEST_STATUS}. */
export type ManifestErrorCode = keyof typeof MANIFEST_STATUS;

/**
 * A manifest or a setting was refused. With `invalid_manifest`, `details.problems` is a list of `ManifestProblem` and
 * `details.warnings` one of `ManifestWarning`.
 */
export class ManifestError extends CodedError<ManifestErrorCode> {
  static override readonly brand = "ManifestError";

  constructor(code: ManifestErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, MANIFEST_STATUS[code], message, options);
  }
}

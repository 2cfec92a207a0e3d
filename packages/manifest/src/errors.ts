import { CodedError, type CodedErrorOptions } from "@alga-ext/protocol";

/** HTTP status of every manifest error code. */
export const MANIFEST_STATUS = {
  /** The manifest is not JSON, or not a manifest; `details.problems` says where and why. */
  invalid_manifest: 400,
} as const satisfies Record<string, number>;

/** A manifest error code; see {@link MANIFEST_STATUS}. */
export type ManifestErrorCode = keyof typeof MANIFEST_STATUS;

/** A manifest was refused. `details.problems` is a list of {@link ManifestProblem}. */
export class ManifestError extends CodedError<ManifestErrorCode> {
  static override readonly brand = "ManifestError";

  constructor(code: ManifestErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, MANIFEST_STATUS[code], message, options);
  }
}

import { CodedError, type CodedErrorOptions } from "@alga-ext/protocol";

/** HTTP status of every {@link BundleError} code. */
export const BUNDLE_STATUS = {
  // the stored file
  archive_too_large: 413,
  digest_mismatch: 422,
  bad_compression: 422,
  expansion_limit: 413,
  // what is inside
  bad_archive: 422,
  not_canonical: 422,
  unsafe_entry: 422,
  unsafe_path: 422,
  duplicate_path: 422,
  manifest_missing: 422,
  manifest_unreadable: 422,
  // who vouches for it
  unsigned: 422,
  signature_malformed: 422,
  signature_invalid: 422,
  untrusted_key: 403,
  publisher_not_allowed: 403,
  threshold_not_met: 403,
  statement_mismatch: 422,
  statement_from_future: 422,
  invalid_trust_bundle: 500,
  unsupported_trust_material: 500,
  invalid_key: 400,
  // the component
  malformed_component: 422,
  bad_core_name: 422,
  bad_component_name: 422,
  component_limit: 422,
  unsupported_feature: 422,
  world_mismatch: 422,
} as const satisfies Record<string, number>;

/** A code of {@link BundleError}. */
export type BundleErrorCode = keyof typeof BUNDLE_STATUS;

/** Everything this package refuses: an archive, a signature, a trust bundle or a component. */
export class BundleError extends CodedError<BundleErrorCode> {
  static override readonly brand = "BundleError";

  constructor(code: BundleErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, BUNDLE_STATUS[code], message, options);
  }
}

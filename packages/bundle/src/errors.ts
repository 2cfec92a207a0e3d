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
  file_size_mismatch: 409,
  // who vouches for it
  unsigned: 422,
  signature_malformed: 422,
  signature_invalid: 422,
  untrusted_key: 403,
  publisher_not_allowed: 403,
  threshold_not_met: 403,
  statement_mismatch: 422,
  statement_from_future: 422,
  duplicate_signer: 403,
  forbidden_header: 422,
  unsupported_algorithm: 422,
  invalid_trust_bundle: 500,
  unsupported_trust_material: 500,
  invalid_key: 400,
  // certificates
  certificate_malformed: 422,
  critical_extension: 422,
  untrusted_chain: 403,
  chain_too_long: 403,
  not_a_ca: 403,
  key_usage: 403,
  ext_key_usage: 403,
  certificate_expired: 403,
  certificate_not_yet_valid: 403,
  // the trust document
  key_expired: 403,
  key_not_yet_valid: 403,
  revoked_certificate: 403,
  revoked_key: 403,
  revoked_publisher: 403,
  revoked_digest: 403,
  trust_expired: 503,
  invalid_trust_document: 500,
  trust_version_not_newer: 409,
  // the component
  malformed_component: 422,
  bad_core_name: 422,
  bad_component_name: 422,
  component_limit: 422,
  unsupported_feature: 422,
  world_mismatch: 422,
  undeclared_import: 422,
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

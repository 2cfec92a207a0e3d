import {
  CodedError,
  SCHEDULER_STATUS,
  STORAGE_STATUS,
  type CodedErrorOptions,
  type SchedulerErrorCode,
  type StorageErrorCode,
} from "@alga-ext/protocol";

/** HTTP status of every {@link RegistryError} code. */
export const REGISTRY_STATUS = {
  // who is asking
  unauthenticated: 401,
  tenant_mismatch: 403,
  forbidden: 403,
  publisher_not_owned: 403,
  // what was uploaded
  invalid_request: 400,
  payload_too_large: 413,
  unsupported_media_type: 415,
  upload_size_mismatch: 400,
  upload_too_large: 413,
  staging_not_found: 400,
  hash_mismatch: 400,
  manifest_mismatch: 400,
  invalid_name: 400,
  signature_required: 400,
  invalid_settings: 400,
  // what is already there
  version_exists: 409,
  name_taken: 409,
  already_installed: 409,
  install_pinned: 409,
  schedule_remap_failed: 409,
  settings_outdated: 409,
  version_yanked: 409,
  manifest_unreadable: 409,
  too_many_api_keys: 409,
  // what is too much
  rate_limited: 429,
  // what is not there
  api_key_not_found: 404,
  publisher_not_found: 404,
  extension_not_found: 404,
  version_not_found: 404,
  install_not_found: 404,
  subscription_not_found: 404,
  schedule_not_found: 404,
  // what does not fit
  schedule_invalid: 400,
  schedule_running: 409,
  event_conflict: 409,
  not_a_former_version: 404,
  nothing_to_restore: 404,
  // what is not set up
  heads_not_configured: 501,
  // what a signed head says of whoever answered with it
  head_invalid: 502,
  head_expired: 502,
  head_rolled_back: 502,
  head_forked: 502,
  head_mismatch: 502,
  // what is away for now
  database_unavailable: 503,
  key_provider_unavailable: 503,
  domain_provisioner_unavailable: 503,
  blob_store_unavailable: 503,
  // what should never happen
  release_log_broken: 500,
  blob_corrupt: 500,
  secret_unreadable: 500,
  log_unavailable: 503,
  key_file_exposed: 500,
  schema_mismatch: 500,
} as const satisfies Record<string, number>;

/** A registry failure code; see {@link REGISTRY_STATUS}. */
export type RegistryErrorCode = keyof typeof REGISTRY_STATUS;

/** A publish, install, secret or upload that the registry refuses. */
export class RegistryError extends CodedError<RegistryErrorCode> {
  static override readonly brand = "RegistryError";

  constructor(code: RegistryErrorCode, message: string, options?: CodedErrorOptions) {
    super(code, REGISTRY_STATUS[code], message, options);
  }
}

/** A refused storage operation; its upper-case codes are the wire contract of the storage host API. */
export class StorageError extends CodedError<StorageErrorCode> {
  static override readonly brand = "StorageError";

  constructor(code: StorageErrorCode, message: string, options?: CodedErrorOptions) {
    super(code, STORAGE_STATUS[code], message, options);
  }
}

/** A refused scheduler operation; its upper-case codes are the wire contract of the scheduler host API. */
export class SchedulerError extends CodedError<SchedulerErrorCode> {
  static override readonly brand = "SchedulerError";

  constructor(code: SchedulerErrorCode, message: string, options?: CodedErrorOptions) {
    super(code, SCHEDULER_STATUS[code], message, options);
  }
}

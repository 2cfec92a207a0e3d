import type { JsonValue } from "@alga-ext/protocol";
import type { ColumnType, Generated } from "kysely";

/** A `json` column: read parsed, written as JSON text. `json` and not `jsonb`, because it keeps `\u0000` and key order. */
type Json<T> = ColumnType<T, string, string>;
/** A `bigint`: `pg` reads it as text, PGlite as a number. */
type Bigint = ColumnType<string | number, number, number>;
type Time = ColumnType<Date, Date, Date>;

interface RegistryTable {
  id: Generated<string>;
  publisher: string;
  name: string;
  /** `publisher.name`, lower-case. */
  slug: string;
  display_name: string;
  description: string;
  created_at: Time;
  updated_at: Time;
}

interface PublisherTable {
  /** Lower-case. */
  publisher: string;
  key_ids: Json<readonly string[]>;
  created_at: Time;
}

/** An endpoint as stored in `extension_version.api_endpoints`. */
export interface StoredEndpoint {
  readonly method: string;
  readonly path: string;
  readonly handler: string;
  readonly schedulable: boolean;
}

/** The `ui` column of a version. */
export interface StoredUi {
  readonly type: "iframe";
  readonly entry: string;
  readonly hooks: {
    readonly appMenu?: { readonly label: string };
    readonly clientPortalMenu?: { readonly label: string };
  };
}

interface VersionTable {
  id: Generated<string>;
  registry_id: string;
  version: string;
  runtime: string;
  main_entry: string;
  api: Json<JsonValue>;
  api_endpoints: Json<readonly StoredEndpoint[]>;
  ui: Json<StoredUi | null>;
  capabilities: Json<readonly string[]>;
  /** Declared host patterns. */
  egress: Json<readonly string[]>;
  /** The archive's own `manifest.json`, verbatim. */
  manifest: string;
  published_by: string;
  created_at: Time;
}

interface BundleTable {
  id: Generated<string>;
  version_id: string;
  content_hash: string;
  tar_digest: string;
  signature: string | null;
  signing_key_ids: Json<readonly string[]>;
  storage_url: string;
  size_bytes: Bigint;
  created_at: Time;
}

interface EndpointTable {
  id: Generated<string>;
  version_id: string;
  method: string;
  path: string;
  handler: string;
  created_at: Time;
}

interface InstallTable {
  id: Generated<string>;
  tenant_id: string;
  registry_id: string;
  version_id: string;
  status: "enabled" | "disabled" | "pending";
  granted_caps: Json<readonly string[]>;
  granted_egress: Json<readonly string[]>;
  config: Json<Readonly<Record<string, JsonValue>>>;
  is_enabled: boolean;
  runner_domain: string | null;
  runner_status: Json<JsonValue>;
  secrets_version: string | null;
  created_at: Time;
  updated_at: Time;
}

interface InstallConfigTable {
  id: Generated<string>;
  install_id: string;
  tenant_id: string;
  config: Json<Readonly<Record<string, JsonValue>>>;
  version: string;
  created_at: Time;
  updated_at: Time;
}

interface SecretTable {
  id: Generated<string>;
  install_id: string;
  tenant_id: string;
  name: string;
  ciphertext: string;
  algorithm: string;
  key_id: string;
  version: string;
  created_at: Time;
  updated_at: Time;
}

interface DataKeyTable {
  tenant_id: string;
  kid: string;
  wrapped: string;
  kek_id: string;
  created_at: Time;
}

interface StorageRecordTable {
  tenant: string;
  extension_install_id: string;
  namespace: string;
  key: string;
  revision: Bigint;
  value: Json<JsonValue>;
  metadata: Json<{ readonly [key: string]: JsonValue }>;
  value_size_bytes: number;
  metadata_size_bytes: number;
  ttl_expires_at: ColumnType<Date | null, Date | null, Date | null>;
  created_at: Time;
  updated_at: Time;
}

interface StorageUsageTable {
  tenant: string;
  extension_install_id: string;
  bytes_used: Bigint;
  keys_count: number;
  namespaces_count: number;
  /** Keys per namespace, so that a quota check is one row. */
  namespace_keys: Json<Readonly<Record<string, number>>>;
  updated_at: Time;
}

interface ExecutionLogTable {
  id: Generated<string>;
  tenant_id: string;
  registry_id: string;
  version_id: string | null;
  request_id: string;
  started_at: Time;
  finished_at: ColumnType<Date | null, Date | null, Date | null>;
  status: string;
  metrics: Json<StoredMetrics>;
  error: string | null;
}

/** The `metrics` column of the execution log. */
export interface StoredMetrics {
  readonly method: string;
  readonly path: string;
  readonly userId: string | null;
  readonly httpStatus?: number | null;
  readonly durationMs?: number;
  readonly egressBytes?: number;
  readonly hostCalls?: number;
  readonly lines?: readonly { readonly ts: string; readonly level: string; readonly message: string }[];
}

interface ReleaseEventTable {
  /** `""` is the registry's own chain; any other value is that tenant's. */
  tenant_id: string;
  seq: Bigint;
  at: string;
  type: string;
  actor: string;
  /** JSON text exactly as hashed. */
  payload: string;
  prev_hash: string;
  hash: string;
}

interface UploadTable {
  id: string;
  tenant_id: string;
  user_id: string;
  filename: string;
  size_bytes: Bigint;
  sha256: string;
  declared_hash: string | null;
  version_id: string | null;
  created_at: Time;
}

/** Tables that every tenant sees alike. */
export interface SharedTables {
  extension_registry: RegistryTable;
  extension_publisher: PublisherTable;
  extension_version: VersionTable;
  extension_bundle: BundleTable;
  extension_api_endpoint: EndpointTable;
  release_event: ReleaseEventTable;
}

/** All tables; those not in {@link SharedTables} are under row-level security and need a tenant. */
export interface Tables extends SharedTables {
  tenant_extension_install: InstallTable;
  tenant_extension_install_config: InstallConfigTable;
  tenant_extension_install_secrets: SecretTable;
  tenant_data_key: DataKeyTable;
  ext_storage_records: StorageRecordTable;
  ext_storage_usage: StorageUsageTable;
  extension_execution_log: ExecutionLogTable;
  extension_upload: UploadTable;
}

import type { JsonValue } from "@alga-ext/protocol";
import type { Generated, GeneratedAlways } from "kysely";
import type { Bigint, Json, MaybeTime, Time } from "./columns.ts";

/** A published extension: one row per publisher and name. */
export interface RegistryTable {
  id: Generated<string>;
  publisher: string;
  name: string;
  /** `publisher.name`, lower-case. */
  slug: string;
  display_name: string;
  description: string;
  /** Kept by the database as versions are inserted. */
  version_count: Generated<number>;
  /** Newest version that is not yanked, as the database keeps it. */
  newest_version_id: Generated<string | null>;
  /** Newest release that is not yanked, as the database keeps it. */
  latest_version_id: Generated<string | null>;
  /** Words of slug, display name and description. */
  search: GeneratedAlways<string>;
  /** What other slugs that read like it share; unique. */
  lookalike: string | null;
  created_at: Time;
  updated_at: Time;
}

/** Who owns a publisher name. */
export interface PublisherTable {
  /** Lower-case. */
  publisher: string;
  key_ids: Json<readonly string[]>;
  /** Whose principals publish under it; null while nobody did since organisations are kept. */
  organisation: string | null;
  /** What other names that read like it share; unique. */
  lookalike: string | null;
  created_at: Time;
}

/** An endpoint as stored in `extension_version.api_endpoints`. */
export interface StoredEndpoint {
  readonly method: string;
  readonly path: string;
  readonly handler: string;
  readonly schedulable: boolean;
  /** JSON Schema of its body. */
  readonly request?: boolean | { readonly [keyword: string]: JsonValue };
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

/** An immutable release of an extension. */
export interface VersionTable {
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
  /** Sorts as semantic versions do; differs between any two versions of an extension. */
  sort_key: GeneratedAlways<string>;
  is_prerelease: GeneratedAlways<boolean>;
  created_at: Time;
}

/** What has become of a version; absent while it is simply published. */
export interface VersionStateTable {
  version_id: string;
  registry_id: string;
  deprecated_reason: string | null;
  deprecated_at: MaybeTime;
  yanked_reason: string | null;
  yanked_at: MaybeTime;
}

/** A channel that was set by hand; `latest` and `beta` without a row move by themselves. */
export interface ChannelTable {
  registry_id: string;
  name: string;
  version_id: string;
  set_at: Time;
}

/** Where a version lies in the snapshot. */
export interface SnapshotLeafTable {
  position: Bigint;
  version_id: string;
}

/** Hash over the leaves `position * 2^level` and following. */
export interface SnapshotNodeTable {
  level: number;
  position: Bigint;
  hash: string;
}

/** The newest signed head of a chain. */
export interface HeadTable {
  /** `""` is the registry's own chain. */
  tenant_id: string;
  number: Bigint;
  seq: Bigint;
  hash: string;
  snapshot_size: Bigint;
  /** Compact JWS. */
  signed: string;
  issued_at: Time;
}

/** The archive of a version. */
export interface BundleTable {
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

/** A declared endpoint of a version. */
export interface EndpointTable {
  id: Generated<string>;
  version_id: string;
  method: string;
  path: string;
  handler: string;
  created_at: Time;
}

/** One link of a hash chain. */
export interface ReleaseEventTable {
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

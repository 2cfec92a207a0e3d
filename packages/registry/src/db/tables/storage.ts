import type { JsonValue } from "@alga-ext/protocol";
import type { Bigint, Json, MaybeTime, Time } from "./columns.ts";

/** One record of an extension's key-value storage. */
export interface StorageRecordTable {
  tenant: string;
  extension_install_id: string;
  namespace: string;
  key: string;
  revision: Bigint;
  value: Json<JsonValue>;
  metadata: Json<{ readonly [key: string]: JsonValue }>;
  value_size_bytes: number;
  metadata_size_bytes: number;
  ttl_expires_at: MaybeTime;
  created_at: Time;
  updated_at: Time;
}

/** What an install has stored so far. */
export interface StorageUsageTable {
  tenant: string;
  extension_install_id: string;
  bytes_used: Bigint;
  keys_count: number;
  namespaces_count: number;
  /** Keys per namespace, so that a quota check is one row. */
  namespace_keys: Json<Readonly<Record<string, number>>>;
  updated_at: Time;
}

/** The JSON schema of a namespace, in one of its versions. */
export interface StorageSchemaTable {
  tenant: string;
  extension_install_id: string;
  namespace: string;
  schema_version: number;
  schema_document: Json<JsonValue>;
  /** At most one `active` per namespace. */
  status: "active" | "deprecated" | "draft";
  created_by: string;
  created_at: Time;
  updated_at: Time;
}

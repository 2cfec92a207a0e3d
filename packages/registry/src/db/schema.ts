import type { ApiKeyTable, UsedTokenTable } from "./tables/access.ts";
import type {
  CallRateTable,
  DeliveryLaneTable,
  DeliveryTable,
  EventTable,
  ScheduleTable,
  SubscriptionTable,
} from "./tables/events.ts";
import type {
  DomainTable,
  InstallConfigTable,
  InstallTable,
  InstallVersionTable,
} from "./tables/installs.ts";
import type { AuditLogTable, ExecutionLogTable } from "./tables/log.ts";
import type { OutboxTable } from "./tables/outbox.ts";
import type {
  BundleTable,
  ChannelTable,
  EndpointTable,
  HeadTable,
  PublisherTable,
  RegistryTable,
  ReleaseEventTable,
  SnapshotLeafTable,
  SnapshotNodeTable,
  VersionStateTable,
  VersionTable,
} from "./tables/releases.ts";
import type { DataKeyTable, SecretTable } from "./tables/secrets.ts";
import type { StorageRecordTable, StorageSchemaTable, StorageUsageTable } from "./tables/storage.ts";
import type { BlobClaimTable, UploadTable } from "./tables/uploads.ts";
import type { QuotaLimitTable, QuotaScopeTable, QuotaStateTable, QuotaUsageTable } from "./tables/usage.ts";

/** Tables that every tenant sees alike. */
export interface SharedTables {
  extension_registry: RegistryTable;
  extension_publisher: PublisherTable;
  extension_version: VersionTable;
  extension_bundle: BundleTable;
  extension_api_endpoint: EndpointTable;
  extension_version_state: VersionStateTable;
  extension_channel: ChannelTable;
  extension_snapshot_leaf: SnapshotLeafTable;
  extension_snapshot_node: SnapshotNodeTable;
  extension_head: HeadTable;
  release_event: ReleaseEventTable;
  extension_blob_claim: BlobClaimTable;
  extension_used_token: UsedTokenTable;
  extension_quota_scope: QuotaScopeTable;
}

/** All tables; those not in {@link SharedTables} are under row-level security and need a tenant. */
export interface Tables extends SharedTables {
  tenant_extension_install: InstallTable;
  tenant_extension_install_config: InstallConfigTable;
  tenant_extension_install_version: InstallVersionTable;
  extension_domain: DomainTable;
  tenant_extension_install_secrets: SecretTable;
  tenant_data_key: DataKeyTable;
  ext_storage_records: StorageRecordTable;
  ext_storage_usage: StorageUsageTable;
  ext_storage_schemas: StorageSchemaTable;
  extension_execution_log: ExecutionLogTable;
  extension_quota_limit: QuotaLimitTable;
  extension_quota_state: QuotaStateTable;
  extension_quota_usage: QuotaUsageTable;
  extension_audit_logs: AuditLogTable;
  extension_upload: UploadTable;
  extension_api_key: ApiKeyTable;
  extension_outbox: OutboxTable;
  extension_event_subscription: SubscriptionTable;
  extension_event: EventTable;
  extension_delivery: DeliveryTable;
  extension_delivery_lane: DeliveryLaneTable;
  tenant_extension_schedule: ScheduleTable;
  extension_call_rate: CallRateTable;
}

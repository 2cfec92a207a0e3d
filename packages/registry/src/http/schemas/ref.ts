import type {
  ApiKey,
  CatalogEntry,
  CatalogVersion,
  ConsentItem,
  FinalizeResult,
  Grants,
  InstallDetails,
  UploadResult,
  VersionChange,
} from "@alga-ext/protocol";
import type { AuditRecord } from "../../audit/audit.ts";
import type { DeadLetter, Delivery } from "../../events/read-deliveries.ts";
import type { Subscription } from "../../events/subscriptions.ts";
import type { InstallHistoryEntry } from "../../installs/read-history.ts";
import type { ExecutionRecord } from "../../log/list-log.ts";
import type { LimitsInForce } from "../../quotas/read-limits.ts";
import type { UsageWindow } from "../../quotas/usage.ts";
import type { Channel, ExtensionDetails } from "../../releases/get-extension.ts";
import type { ExtensionSummary } from "../../releases/list-extensions.ts";
import type { VersionSummary } from "../../releases/list-versions.ts";
import type { AdminSchedule } from "../../schedules/create-schedules.ts";
import type { SecretName } from "../../secrets/secret-names.ts";
import type { Schema } from "./schema.ts";

/** Types that several routes take or answer; each is a schema of the same name in OpenAPI. */
export interface Components {
  readonly ApiKey: ApiKey;
  readonly AuditRecord: AuditRecord;
  readonly CatalogEntry: CatalogEntry;
  readonly CatalogVersion: CatalogVersion;
  readonly Channel: Channel;
  readonly ConsentItem: ConsentItem;
  readonly DeadLetter: DeadLetter;
  readonly Delivery: Delivery;
  readonly ExecutionRecord: ExecutionRecord;
  readonly ExtensionDetails: ExtensionDetails;
  readonly ExtensionSummary: ExtensionSummary;
  readonly FinalizeResult: FinalizeResult;
  readonly Grants: Grants;
  readonly InstallDetails: InstallDetails;
  readonly InstallHistoryEntry: InstallHistoryEntry;
  readonly LimitsInForce: LimitsInForce;
  readonly Schedule: AdminSchedule;
  readonly SecretName: SecretName;
  readonly Subscription: Subscription;
  readonly UploadResult: UploadResult;
  readonly UsageWindow: UsageWindow;
  readonly VersionChange: VersionChange;
  readonly VersionSummary: VersionSummary;
}

/** A schema for each component. */
export type ComponentSchemas = { readonly [N in keyof Components]: Schema<Components[N]> };

/** Refer to a component. */
export function ref<N extends keyof Components>(name: N): Schema<Components[N]> {
  return { $ref: `#/$defs/${name}` };
}

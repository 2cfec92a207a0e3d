import type { JsonValue } from "@alga-ext/protocol";
import type { Generated } from "kysely";
import type { Json, Time } from "./columns.ts";

/** A tenant's install of an extension. */
export interface InstallTable {
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

/** The settings of an install. */
export interface InstallConfigTable {
  id: Generated<string>;
  install_id: string;
  tenant_id: string;
  config: Json<Readonly<Record<string, JsonValue>>>;
  version: string;
  created_at: Time;
  updated_at: Time;
}

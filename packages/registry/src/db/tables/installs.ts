import type { DomainState, JsonValue } from "@alga-ext/protocol";
import type { ColumnType, Generated } from "kysely";
import type { Json, MaybeTime, Time } from "./columns.ts";

/** A `json` column with a default. */
type DefaultJson<T> = ColumnType<T, string | undefined, string>;
/** A `timestamptz` that is null unless set. */
type DefaultTime = ColumnType<Date | null, Date | null | undefined, Date | null>;

/** Settings as an administrator gave them, by name. */
export type StoredSettings = Readonly<Record<string, JsonValue>>;

/** What an update asked for and nobody has decided on yet. */
export interface AskedConsent {
  readonly kind: "capability" | "egress";
  readonly name: string;
}

/** How far an install's host name is. */
export interface StoredDomainStatus {
  readonly state: DomainState;
  readonly message?: string;
}

/** A tenant's install of an extension. */
export interface InstallTable {
  id: Generated<string>;
  tenant_id: string;
  registry_id: string;
  version_id: string;
  status: "enabled" | "disabled" | "pending";
  granted_caps: Json<readonly string[]>;
  granted_egress: Json<readonly string[]>;
  /** Contract's own column; what {@link InstallConfigTable} says goes before it. */
  config: Json<Readonly<Record<string, JsonValue>>>;
  is_enabled: boolean;
  runner_domain: string | null;
  runner_status: Json<StoredDomainStatus>;
  secrets_version: string | null;
  /** A channel or `X.Y.*`; null for the exact version that was chosen. */
  follows: Generated<string | null>;
  /** Only an administrator who names a version moves a pinned install. */
  is_pinned: Generated<boolean>;
  asked_consent: DefaultJson<readonly AskedConsent[]>;
  /** Everything that was set, also what the present version does not understand: a rollback may. */
  settings: DefaultJson<StoredSettings>;
  /** Null while installed. */
  uninstalled_at: DefaultTime;
  /** When the data goes for good. */
  purge_at: DefaultTime;
  created_at: Time;
  updated_at: Time;
}

/** What an install hands to its extension: settings that fit, defaults filled in, nothing secret. */
export interface InstallConfigTable {
  id: Generated<string>;
  install_id: string;
  tenant_id: string;
  config: Json<Readonly<Record<string, JsonValue>>>;
  version: string;
  created_at: Time;
  updated_at: Time;
}

/** One version an install ran or runs. */
export interface InstallVersionTable {
  tenant_id: string;
  install_id: string;
  /** From 1, without gaps. */
  seq: number;
  registry_id: string;
  version_id: string;
  cause: "install" | "update" | "rollback" | "restore";
  actor: string;
  since: Time;
  /** Null for the one that runs. */
  until: MaybeTime;
}

/** A host name to be provisioned or removed. */
export interface DomainTable {
  host: string;
  /** Whose install has it, or had it last. */
  tenant_id: string;
  install_id: string;
  /** False while it waits to be removed. */
  is_wanted: boolean;
  /** New with every change of what is wanted. */
  generation: string;
  attempts: number;
  next_attempt_at: Time;
  updated_at: Time;
}

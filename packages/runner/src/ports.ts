import type { Capability } from "@alga-ext/manifest";
import type {
  ContentHash,
  ExecuteUser,
  SchedulerOperation,
  SchedulerResult,
  StorageOperation,
  StorageResult,
  StoredBundle,
} from "@alga-ext/protocol";
import type { WireValue } from "./frames/wire-value.ts";

/** Whose call this is; bound by the supervisor, never taken from a cell's message. */
export interface CallScope {
  readonly tenantId: string;
  /** Registry id. */
  readonly extensionId: string;
  readonly installId: string;
  readonly requestId: string | null;
  readonly versionId: string | null;
  readonly contentHash: ContentHash;
  /** The gateway's token of this call, handed back to the host; null for calls made in-process. */
  readonly callToken: string | null;
}

/** What a bundle source may know besides the bytes. */
export interface AcceptedBundle extends StoredBundle {
  /**
   * When the registry accepted the bundle: certificates must have been valid then. Absent, they are judged by the
   * present, which refuses more.
   */
  readonly acceptedAt?: Date;
}

/**
 * Port: what the host does for a running extension, as the runner reaches it.
 *
 * Rejects with a {@link CodedError} whose `code` is a storage error code, or anything else for a transport
 * failure. Must stop when the signal aborts.
 */
export interface HostStorage {
  storage(
    scope: CallScope,
    operation: StorageOperation,
    options: { signal: AbortSignal },
  ): Promise<StorageResult>;
}

/**
 * Port: schedules of installs, as the runner reaches them.
 *
 * What is wrong with the fields of a mutation is its answer; everything else rejects with a {@link CodedError} whose
 * `code` is a scheduler error code, or anything else for a transport failure. Must stop when the signal aborts.
 */
export interface HostScheduler {
  scheduler(
    scope: CallScope,
    operation: SchedulerOperation,
    options: { signal: AbortSignal },
  ): Promise<SchedulerResult>;
}

/**
 * Port: routes of the host application, called on behalf of an extension.
 *
 * The broker has checked grant, path, method and route. Answer with the host's own status; reject when there was none.
 * Must not follow redirects, and must stop when the signal aborts.
 */
export interface UiProxy {
  call(
    scope: CallScope,
    request: {
      readonly method: string;
      /** Path and query, checked. */
      readonly path: string;
      readonly body: Uint8Array | null;
      /** On whose behalf; null when no person made the call. */
      readonly user: ExecuteUser | null;
    },
    options: { signal: AbortSignal },
  ): Promise<{ readonly status: number; readonly body: Uint8Array }>;
}

/** One request that an extension made to the outside, or tried to. */
export interface EgressRecord {
  readonly tenantId: string;
  readonly installId: string;
  readonly requestId: string | null;
  /** ASCII name; null when the URL had none that could be read. */
  readonly host: string | null;
  readonly port: number | null;
  /** Address it was connected to; null when it never was. */
  readonly ip: string | null;
  readonly method: string;
  /** Sent and received, heads and bodies. */
  readonly bytes: number;
  /** Null when no answer came. */
  readonly status: number | null;
  /** The WIT's `http-error`; null when the guest got an answer. */
  readonly error: string | null;
  readonly durationMs: number;
}

/** Port: where requests to the outside are recorded, also refused ones. Called once each, after the fact; must not throw. */
export interface EgressAudit {
  record(row: EgressRecord): void;
}

/**
 * Port: a capability of the host application: one of the platform's domain interfaces (`alga:extension/clients`,
 * `services`, `invoicing`), or an interface of its own with `capability` and `wit`.
 *
 * The broker has checked the grant before `call`. Return the WIT result's ok value, throw {@link CapabilityRefusal}
 * for a typed error of the interface; anything else thrown traps the guest.
 */
export interface CapabilityProvider {
  /** WIT interface as the component imports it, such as `alga:extension/clients` or `acme:psa/tickets`. */
  readonly interfaceName: string;
  /** What opens an interface of the host's own; give the registry's catalogue the same. */
  readonly capability?: Capability;
  /** WIT text of its own interface, beginning with its `package`; components are held to it. */
  readonly wit?: string;
  /**
   * Error value of a function without the grant, for an interface of its own. @default the guest is stopped, as nothing
   * is known of its errors
   */
  denied?(fn: string): WireValue;
  /** Call one function by its camel-case name. Must stop when the signal aborts. */
  call(
    invocation: {
      readonly scope: CallScope;
      readonly fn: string;
      readonly args: readonly WireValue[];
      /** On whose behalf; null when no person made the call. */
      readonly user: ExecuteUser | null;
    },
    options: { signal: AbortSignal },
  ): Promise<WireValue>;
}

/** The error half of a WIT result, thrown by a {@link CapabilityProvider}. */
export class CapabilityRefusal extends Error {
  override readonly name = "CapabilityRefusal";
  /** The WIT error value, such as `"not-allowed"`. */
  readonly value: WireValue;

  constructor(value: WireValue) {
    super("The capability refused.");
    this.value = value;
  }
}

/** Port: whether a UI bundle may be served. Answers are cached by the caller. */
export interface InstallValidator {
  /** True when this version is installed, by that tenant if one is named. Rejects when it cannot tell. */
  validate(
    query: { readonly tenantId?: string; readonly registryId: string; readonly contentHash: ContentHash },
    options: { signal: AbortSignal },
  ): Promise<boolean>;
}

/** Whose install a host name belongs to. */
export interface HostOwner {
  readonly tenantId: string;
  readonly registryId: string;
  /** `sha256:` and 64 hex digits. */
  readonly contentHash: string;
}

/** Port: whose UI a host name shows, where installs have hosts of their own. Answers are cached by the caller. */
export interface HostLookup {
  /** Null for a host of nobody's; `host` is lower-case and has no port. Rejects when it cannot tell. */
  lookup(host: string, options: { signal: AbortSignal }): Promise<HostOwner | null>;
}

/** Port: the operator's log. Fields are JSON-safe; guest text appears only under `guest`. */
export interface RunnerLogger {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** Port: name resolution for egress; every address of a name, at once. */
export interface NameResolver {
  resolve(hostname: string, options: { signal: AbortSignal }): Promise<readonly string[]>;
}

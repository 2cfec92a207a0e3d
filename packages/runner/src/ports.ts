import type { ContentHash, StorageOperation, StorageResult, StoredBundle } from "@alga-ext/protocol";
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
 * Port: a capability the host application adds, such as invoicing.
 *
 * The broker has checked the grant before `call`. Return the WIT result's ok value, throw {@link CapabilityRefusal}
 * for a typed error of the interface; anything else thrown traps the guest.
 */
export interface CapabilityProvider {
  /** WIT interface as the component imports it, such as `alga:extension/clients`. */
  readonly interfaceName: string;
  /** Call one function by its camel-case name. Must stop when the signal aborts. */
  call(
    invocation: { readonly scope: CallScope; readonly fn: string; readonly args: readonly WireValue[] },
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

/** What {@link BlobStore.put} did. */
export interface PutOutcome {
  /** False when the key existed already; the stored bytes are then untouched. */
  readonly created: boolean;
  /** Bytes read from the given body. */
  readonly sizeBytes: number;
  /** 64 lower-case hex digits over the given body. */
  readonly sha256: string;
}

/** One blob as {@link BlobStore.list} names it. */
export interface BlobEntry {
  readonly key: string;
  readonly sizeBytes: number;
  /** When it was written, in milliseconds since the epoch, by the store's own clock. */
  readonly modifiedAtMs: number;
}

/** Bytes of a blob from `start` up to and without `end`, which is its end when absent. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

/** What was removed. */
export interface Discarded {
  readonly count: number;
  readonly bytes: number;
}

/** One page of {@link BlobStore.list}. */
export interface BlobPage {
  readonly blobs: readonly BlobEntry[];
  /** Pass it on for the next page; null at the end. */
  readonly cursor: string | null;
}

/**
 * Port: where archives, their signatures and staged uploads lie.
 *
 * Keys are relative paths such as `sha256/ab/<hex>.tar.zst`. A write is visible whole or not at all, also after a
 * crash; what is acknowledged is durable. Authorization is the registry's business, never the key's.
 */
export interface BlobStore {
  /**
   * Store a body unless the key exists. Of several concurrent writers exactly one creates.
   *
   * A body that throws, or grows past `maxBytes`, leaves nothing behind.
   *
   * @throws {RegistryError} `upload_too_large` past `maxBytes`.
   */
  put(
    key: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options?: { readonly maxBytes?: number },
  ): Promise<PutOutcome>;
  /** Store bytes whether or not the key exists; readers see the old or the new whole. */
  replace(key: string, body: Uint8Array): Promise<void>;
  /** Read everything; null when the key does not exist. */
  get(key: string): Promise<Uint8Array | null>;
  /**
   * Read piece by piece, from one state of the blob; null when the key does not exist. Iterate what you asked for.
   *
   * A range past the end yields what there is.
   */
  read(key: string, options?: { readonly range?: ByteRange }): Promise<AsyncIterable<Uint8Array> | null>;
  /** Size without reading; null when the key does not exist. */
  stat(key: string): Promise<{ readonly sizeBytes: number } | null>;
  /** Remove a key; false when it did not exist. */
  delete(key: string): Promise<boolean>;
  /**
   * One page of the blobs whose key begins with `prefix`, `""` for all, ordered by key.
   *
   * What is there during the whole walk is listed exactly once, whatever is written and deleted meanwhile.
   */
  list(prefix: string, cursor?: string | null): Promise<BlobPage>;
  /**
   * Remove what writers that died left before `beforeMs` and no key shows, such as temporary files. Absent where a store
   * has no such thing.
   */
  discardUnfinished?(beforeMs: number): Promise<Discarded>;
}

/** A data key as {@link KeyProvider.wrap} returns it. */
export interface WrappedKey {
  /** Opaque text, safe to store. */
  readonly wrapped: string;
  /** Which key-encryption key wrapped it. */
  readonly keyId: string;
}

/**
 * Port: the key-encryption keys that wrap each tenant's data key (a local file, a KMS, an HSM).
 *
 * Several may open what they once wrapped; one is active and wraps. Fails closed: an adapter rejects with the
 * {@link RegistryError} code `secret_unreadable` what will never open, and with `key_provider_unavailable` what may
 * work later. Any other rejection counts as the latter. Nothing is ever stored in clear. The caller zeroes the bytes.
 */
export interface KeyProvider {
  /** Wrap 32 bytes with the active key; `context` is authenticated: the result opens only under the same context. */
  wrap(key: Uint8Array, context: string): Promise<WrappedKey>;
  /** Undo {@link KeyProvider.wrap}; rejects on another context, another key, or altered text. */
  unwrap(key: WrappedKey, context: string): Promise<Uint8Array>;
  /** Wrap again with the active key, best without showing the data key to anyone; as given when it is so already. */
  rewrap(key: WrappedKey, context: string): Promise<WrappedKey>;
}

/**
 * Port: something that holds the Ed25519 key which signs heads (a PEM file, a KMS, a hardware token).
 *
 * `sign` is called within a transaction, one call per chain at a time; when it rejects, nothing has happened.
 */
export interface HeadSigner {
  /** Names the key in the header of a head. */
  readonly keyId: string;
  /** 64 bytes of Ed25519 signature over the data. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** Port: structured log sink. Fields are JSON-safe and never hold secrets. */
export interface RegistryLogger {
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** How far a host name is, as a {@link DomainProvisioner} sees it. */
export interface DomainOutcome {
  /** `provisioning` is asked about again soon; `error` is for what will not get better by asking. */
  readonly state: "ready" | "provisioning" | "error";
  /** For an administrator; holds no secrets. */
  readonly message?: string;
}

/**
 * Port: makes host names of installs lead to the runner (an ingress, a DNS provider, a service mesh).
 *
 * Both methods are idempotent and may be called by several workers at once: they say what shall be, and are called
 * again until it is so, and now and then after that. They reject when the order could not be placed; that is tried
 * again with growing pauses. `signal` ends after 30 s.
 */
export interface DomainProvisioner {
  /** Make a host name lead to the runner. */
  provision(
    domain: { readonly host: string; readonly tenantId: string; readonly installId: string },
    options: { readonly signal: AbortSignal },
  ): Promise<DomainOutcome>;
  /** Undo it; a host name that does not exist is removed already. Somebody else's is left alone. */
  remove(domain: { readonly host: string }, options: { readonly signal: AbortSignal }): Promise<void>;
}

/**
 * Port: wakes delivery workers. It holds nothing that counts: deliveries are in the registry's own tables, so a
 * wake-up may come twice or too late, and one that is lost delays work by at most a minute.
 */
export interface DeliveryQueue {
  /** Ask that some worker looks for work, at a time in milliseconds since the epoch. @default now */
  wake(at?: number): Promise<void>;
  /**
   * Call `look` after every wake-up, in one of the processes that listen, and once a minute in any case. `look` returns
   * at once and does not throw.
   */
  listen(look: () => void): Promise<{ stop(): Promise<void> }>;
}

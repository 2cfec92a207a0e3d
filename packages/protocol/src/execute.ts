/** Who calls which installed version of which extension (contract §2.1 `context`). */
export interface ExecuteContext {
  readonly request_id?: string;
  readonly tenant_id: string;
  /** Registry UUID. */
  readonly extension_id: string;
  readonly install_id?: string;
  /** `sha256:<hex>` of the archive. */
  readonly content_hash: string;
  readonly version_id?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly trigger?: "schedule" | "event";
  readonly schedule_id?: string;
}

/** The HTTP request as the guest will see it (contract §2.1 `http`, §2.3). */
export interface ExecuteHttp {
  /** Upper-case method. */
  readonly method: string;
  /** Path with a leading `/`, no query. */
  readonly path: string;
  readonly url?: string;
  /** Duplicate keys collapse, last wins. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Standard base64; `""` is a present, empty body; absent is no body. */
  readonly body_b64?: string;
}

/** Per-call limits; the runner takes the smaller of these and its own. */
export interface ExecuteLimits {
  readonly timeout_ms?: number;
  readonly memory_mb?: number;
  readonly fuel?: number;
}

/** The acting user, forwarded to `user` and `user-v2` (contract §2.1 `user`). */
export interface ExecuteUser {
  readonly user_id: string;
  readonly user_email: string;
  readonly user_name: string;
  readonly user_type: string;
  readonly client_name?: string;
  /** Legacy alias of `client_name`. */
  readonly company_name?: string;
  readonly client_id?: string;
  readonly additional_fields?: Readonly<Record<string, string>>;
}

/** Sealed secrets of one install (contract §4.4). */
export interface SecretEnvelope {
  /** For algorithm `jwe`: base64 of a compact JWE to the runner's key, whose plaintext is a JSON string map. */
  readonly ciphertext_b64: string;
  readonly algorithm?: string;
  readonly version?: string;
  /** RFC 3339. */
  readonly expires_at?: string;
  readonly key_path?: string;
  readonly mount?: string;
}

/** Body of `POST /v1/execute` (contract §2.1); unknown fields are ignored. */
export interface ExecuteRequest {
  readonly context: ExecuteContext;
  readonly http: ExecuteHttp;
  readonly limits?: ExecuteLimits;
  /** Effective capabilities (`cap:` names): declared ∩ granted, plus defaults. */
  readonly providers?: readonly string[];
  /** Effective egress hosts: declared ∩ granted; `*.` matches exactly one label. Additive to the contract; absent means none. */
  readonly egress?: readonly string[];
  readonly secret_envelope?: SecretEnvelope;
  readonly user?: ExecuteUser;
  readonly endpoint?: string;
}

/**
 * Body of every handled `POST /v1/execute`, always HTTP 200 (contract §2.2).
 *
 * `error` is null for an answer the guest produced, else a {@link WireErrorCode}, optionally `code: detail`.
 */
export interface ExecuteResponse {
  /** Logical HTTP status for the caller. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body_b64: string | null;
  readonly error: string | null;
  /** What the call used; additive to the contract. */
  readonly usage?: ExecuteUsage;
}

/** Resources one call used, for the execution log and quotas. */
export interface ExecuteUsage {
  /** Wall time from admission to answer, in ms. */
  readonly duration_ms: number;
  readonly egress_bytes: number;
  readonly host_calls: number;
  /** Guest log lines of this call, capped; for the debug stream and the execution log. */
  readonly log_lines: readonly ExecuteLogLine[];
}

/** One guest log line. */
export interface ExecuteLogLine {
  readonly ts: string;
  readonly level: "info" | "warn" | "error";
  readonly message: string;
}

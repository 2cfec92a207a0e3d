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

/**
 * Per-call limits: what the install's tenant or plan allows. The runner fills in what is left out, and never goes above
 * its operator's ceilings.
 */
export interface ExecuteLimits {
  /** Wall time from admission to answer. */
  readonly timeout_ms?: number;
  /** CPU time of the guest. */
  readonly cpu_ms?: number;
  readonly memory_mb?: number;
  /** Accepted for compatibility; `cpu_ms` is what counts. */
  readonly fuel?: number;
  /** Body of the request that the guest sees. */
  readonly request_bytes?: number;
  readonly request_headers?: number;
  /** Names and values of all headers together, here and below. */
  readonly request_header_bytes?: number;
  readonly response_bytes?: number;
  readonly response_headers?: number;
  readonly response_header_bytes?: number;
  readonly log_lines?: number;
  readonly log_bytes?: number;
  /** Calls of imported functions. */
  readonly host_calls?: number;
  readonly egress_requests?: number;
  /** Sent and received, heads and bodies. */
  readonly egress_bytes?: number;
  /** Operations of `storage`. */
  readonly storage_ops?: number;
}

/** A limit by its wire name. */
export type ExecuteLimitName = Exclude<keyof ExecuteLimits, "fuel">;

/**
 * What reaching each limit is called: in `error` when it ends the call, in `usage.exceeded` always.
 *
 * Log, egress and storage limits end nothing: the guest's own call is refused in its interface's terms.
 */
export const EXECUTE_LIMIT_CODES = {
  timeout_ms: "deadline_exceeded",
  cpu_ms: "cpu_exceeded",
  memory_mb: "memory_exceeded",
  request_bytes: "payload_too_large",
  request_headers: "request_headers_exceeded",
  request_header_bytes: "request_headers_exceeded",
  response_bytes: "response_too_large",
  response_headers: "response_headers_exceeded",
  response_header_bytes: "response_headers_exceeded",
  log_lines: "log_exceeded",
  log_bytes: "log_exceeded",
  host_calls: "host_calls_exceeded",
  egress_requests: "egress_requests_exceeded",
  egress_bytes: "egress_bytes_exceeded",
  storage_ops: "storage_ops_exceeded",
} as const satisfies Record<ExecuteLimitName, string>;

/** A code of {@link EXECUTE_LIMIT_CODES}. */
export type ExecuteLimitCode = (typeof EXECUTE_LIMIT_CODES)[ExecuteLimitName];

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
  /**
   * Effective egress hosts: declared ∩ granted; `*.` matches exactly one label, `host:8443` opens another port than 443.
   * Additive to the contract; absent means none.
   */
  readonly egress?: readonly string[];
  /**
   * Hosts that each secret may be sent to as the placeholder `{{secret:NAME}}` in a header of `http.fetch`, as patterns
   * like those of `egress`. Additive to the contract; absent means none.
   */
  readonly secret_hosts?: Readonly<Record<string, readonly string[]>>;
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
  /** CPU time of the guest, in ms; absent when it was not measured. */
  readonly cpu_ms?: number;
  /** Largest size of the guest's memories, in MiB; absent when it was not measured. */
  readonly memory_mb?: number;
  readonly egress_bytes: number;
  readonly egress_requests?: number;
  readonly host_calls: number;
  readonly storage_ops?: number;
  /** Guest log lines of this call, capped; for the debug stream and the execution log. */
  readonly log_lines: readonly ExecuteLogLine[];
  /** Lines that were written and are not in `log_lines`; its last line says so. */
  readonly log_dropped?: number;
  /** What the guest measured, by name; capped. */
  readonly metrics?: readonly ExecuteMetric[];
  /** Limits that were reached, each once. */
  readonly exceeded?: readonly ExecuteLimitExceeded[];
  /** What was asked of the host, by function; absent when nothing was. */
  readonly capabilities?: readonly ExecuteCapabilityUse[];
  /** Where requests went, by host, capped; absent when there were none. */
  readonly egress?: readonly ExecuteEgressUse[];
}

/** What a call asked of the host through one function. */
export interface ExecuteCapabilityUse {
  /** Such as `alga:extension/storage#get`; `unknown` for all that are no imports. */
  readonly target: string;
  readonly calls: number;
  /** Of them, answered with an error or stopped. */
  readonly failed: number;
  /** Of them, refused because the capability is not granted. */
  readonly denied: number;
  /** Time until their answers, together, in ms. */
  readonly ms: number;
  /** When the first of them began, in ms after admission, and how long they took; capped. */
  readonly spans: readonly (readonly [atMs: number, ms: number])[];
}

/** What a call sent to one host. */
export interface ExecuteEgressUse {
  readonly host: string;
  readonly requests: number;
  /** Of them, refused or broken off. */
  readonly failed: number;
  /** Sent and received. */
  readonly bytes: number;
  /** Time until their answers, together, in ms. */
  readonly ms: number;
}

/** A limit that a call reached. */
export interface ExecuteLimitExceeded {
  readonly limit: ExecuteLimitName;
  readonly code: ExecuteLimitCode;
  /** What the limit was, in the unit of its name. */
  readonly value: number;
}

/** What a guest counted or measured under one name. */
export type ExecuteMetric =
  | { readonly name: string; readonly kind: "counter"; readonly sum: number }
  | {
      readonly name: string;
      readonly kind: "distribution";
      readonly count: number;
      readonly sum: number;
      readonly min: number;
      readonly max: number;
    };

/** One guest log line. */
export interface ExecuteLogLine {
  readonly ts: string;
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  /** Set where the message was cut. */
  readonly truncated?: true;
}

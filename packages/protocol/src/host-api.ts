import type { JsonValue } from "./errors.ts";

/** Status of every storage error code on `/api/internal/ext-storage/install/{installId}` (contract §1.8.1). */
export const STORAGE_STATUS = {
  VALIDATION_FAILED: 400,
  LIMIT_EXCEEDED: 400,
  UNAUTHORIZED: 401,
  NAMESPACE_DENIED: 403,
  NOT_FOUND: 404,
  REVISION_MISMATCH: 409,
  QUOTA_EXCEEDED: 429,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
} as const satisfies Record<string, number>;

/** A storage error code; see {@link STORAGE_STATUS}. */
export type StorageErrorCode = keyof typeof STORAGE_STATUS;

/** Body of a refused storage operation. */
export interface StorageErrorBody {
  readonly error: string;
  readonly code: StorageErrorCode;
  readonly details?: JsonValue;
}

/** One write of `put` and `bulkPut`. */
export interface StorageWrite {
  /** 1–256 characters, no `/`. */
  readonly key: string;
  /** Any JSON, at most 65,536 bytes encoded. */
  readonly value: JsonValue;
  /** At most 4,096 bytes encoded; omitted resets it to `{}`. */
  readonly metadata?: { readonly [key: string]: JsonValue };
  /** 60 to 2,592,000; omitted clears any earlier expiry. */
  readonly ttlSeconds?: number;
  /** Succeed only when the record has exactly this revision. */
  readonly ifRevision?: number;
  readonly schemaVersion?: number;
}

/** Request body of the storage host API. `namespace` is 1–128 characters. */
export type StorageOperation =
  | ({ readonly operation: "put"; readonly namespace: string } & StorageWrite)
  | { readonly operation: "get"; readonly namespace: string; readonly key: string }
  | {
      readonly operation: "list";
      readonly namespace: string;
      /** 1–100. @default 25 */
      readonly limit?: number;
      readonly cursor?: string;
      readonly keyPrefix?: string;
      readonly includeValues?: boolean;
      readonly includeMetadata?: boolean;
    }
  | {
      readonly operation: "delete";
      readonly namespace: string;
      readonly key: string;
      readonly ifRevision?: number;
    }
  | { readonly operation: "bulkPut"; readonly namespace: string; readonly items: readonly StorageWrite[] };

/** Times of a stored record, RFC 3339 or null. */
export interface StorageTimes {
  readonly ttlExpiresAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Answer of `put`. */
export interface StoragePutResult extends StorageTimes {
  readonly namespace: string;
  readonly key: string;
  readonly revision: number;
}

/** Answer of `get`. */
export interface StorageRecord extends StoragePutResult {
  readonly value: JsonValue;
  readonly metadata: { readonly [key: string]: JsonValue };
}

/** Answer of `list`. */
export interface StorageListResult {
  readonly items: readonly (StoragePutResult & {
    readonly tenantId: string;
    readonly extensionInstallId: string;
    readonly value?: JsonValue;
    readonly metadata?: { readonly [key: string]: JsonValue };
  })[];
  readonly nextCursor: string | null;
}

/** Answer of any storage operation, by operation. */
export type StorageResult =
  | StoragePutResult
  | StorageRecord
  | StorageListResult
  | { readonly success: boolean }
  | {
      readonly namespace: string;
      readonly items: readonly {
        readonly key: string;
        readonly revision: number;
        readonly ttlExpiresAt: string | null;
      }[];
    };

/** Status of every scheduler error code on `/api/internal/ext-scheduler/install/{installId}` (contract §1.8.2). */
export const SCHEDULER_STATUS = {
  VALIDATION_FAILED: 400,
  UNAUTHORIZED: 401,
  NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
} as const satisfies Record<string, number>;

/** A scheduler error code; see {@link SCHEDULER_STATUS}. */
export type SchedulerErrorCode = keyof typeof SCHEDULER_STATUS;

/** Body of a refused scheduler operation. */
export interface SchedulerErrorBody {
  readonly error: string;
  readonly code: SchedulerErrorCode;
  readonly details?: JsonValue;
}

/** What a schedule says; `endpoint` names it as `METHOD /path`, or as `/path` for its GET or POST. */
export interface ScheduleInput {
  /** At most 256 characters. */
  readonly endpoint: string;
  /** Five fields, at most 128 characters; runs are at least 5 minutes apart. */
  readonly cron: string;
  /** IANA name, at most 64 characters. @default "UTC" */
  readonly timezone?: string;
  /** @default true */
  readonly enabled?: boolean;
  /** At most 128 characters, unique in the install. @default null */
  readonly name?: string | null;
  /** Object or array, at most 100,000 characters of JSON; the empty string is read as null. @default null */
  readonly payload?: JsonValue;
}

/** Request body of the scheduler host API. In an update what is absent stays, and null clears. */
export type SchedulerOperation =
  | { readonly operation: "list" }
  | { readonly operation: "get"; readonly scheduleId: string }
  | ({ readonly operation: "create" } & ScheduleInput)
  | ({ readonly operation: "update"; readonly scheduleId: string } & Partial<ScheduleInput>)
  | { readonly operation: "delete"; readonly scheduleId: string }
  | { readonly operation: "getEndpoints" };

/** A schedule as extensions and administrators see it. Times are ISO 8601. */
export interface ScheduleInfo {
  readonly id: string;
  readonly endpointPath: string;
  readonly endpointMethod: string;
  readonly name: string | null;
  readonly cron: string;
  readonly timezone: string;
  readonly enabled: boolean;
  readonly payload: JsonValue | null;
  readonly lastRunAt: string | null;
  readonly lastRunStatus: "success" | "error" | null;
  /** At most 4,000 characters; also says why the platform switched a schedule off. */
  readonly lastError: string | null;
  readonly createdAt: string;
}

/** A declared endpoint; `schedulable` says whether a schedule may call it. */
export interface EndpointInfo {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly handler: string;
  readonly schedulable: boolean;
}

/** Answer of `create`, `update` and `delete`: HTTP 201 or 200, or 400 when `success` is false. */
export type ScheduleMutationResult =
  | { readonly success: true; readonly scheduleId?: string }
  | {
      readonly success: false;
      readonly error: string;
      /** What is wrong, by field of the request. */
      readonly fieldErrors?: { readonly [field: string]: string };
    };

/** Answer of any scheduler operation, by operation. */
export type SchedulerResult =
  | { readonly schedules: readonly ScheduleInfo[] }
  | { readonly schedule: ScheduleInfo | null }
  | { readonly endpoints: readonly EndpointInfo[] }
  | ScheduleMutationResult;

/** Port: what the host does for a running extension. The runner reaches it through the gateway's internal routes. */
export interface HostApi {
  /**
   * Carry out one storage operation for one install.
   *
   * Rejects with a {@link CodedError} whose `code` is a {@link StorageErrorCode}. `tenantId` and `installId`
   * come from the verified call token, never from the request body.
   */
  storage(
    scope: { tenantId: string; installId: string },
    operation: StorageOperation,
  ): Promise<StorageResult>;

  /**
   * Carry out one scheduler operation for one install. A host without schedules leaves it out.
   *
   * What is wrong with the fields of a mutation is its answer; everything else rejects with a {@link CodedError}
   * whose `code` is a {@link SchedulerErrorCode}. `scope` comes from the verified call token.
   */
  scheduler?(
    scope: { tenantId: string; installId: string },
    operation: SchedulerOperation,
  ): Promise<SchedulerResult>;
}

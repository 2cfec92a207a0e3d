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
}

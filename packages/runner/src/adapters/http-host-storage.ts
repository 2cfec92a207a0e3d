import {
  CodedError,
  STORAGE_STATUS,
  type JsonValue,
  type StorageErrorCode,
  type StorageResult,
} from "@alga-ext/protocol";
import type { HostStorage } from "../ports.ts";
import { postHostApi, type HostApiOptions } from "./post-host-api.ts";

/**
 * Reach the host's storage through `/api/internal/ext-storage/install/{installId}`.
 *
 * Status codes of the host become storage errors, by code where the body names one.
 */
export function createHttpHostStorage(options: HostApiOptions): HostStorage {
  return {
    async storage(scope, operation, { signal }) {
      const body = operation as unknown as JsonValue;
      const answer = await postHostApi(options, { route: "storage", scope, body }, { signal });
      if (answer.ok) return answer.body as StorageResult;
      const code = toCode(answer.status, (answer.body as { code?: unknown } | null)?.code);
      throw new CodedError(
        code,
        STORAGE_STATUS[code],
        `The host refused a storage operation with ${answer.status}.`,
      );
    },
  };
}

const BY_STATUS: Readonly<Record<number, StorageErrorCode>> = {
  400: "VALIDATION_FAILED",
  401: "UNAUTHORIZED",
  403: "NAMESPACE_DENIED",
  404: "NOT_FOUND",
  409: "REVISION_MISMATCH",
  429: "RATE_LIMITED",
};

function toCode(status: number, named: unknown): StorageErrorCode {
  if (typeof named === "string" && Object.hasOwn(STORAGE_STATUS, named)) return named as StorageErrorCode;
  return BY_STATUS[status] ?? "INTERNAL_ERROR";
}

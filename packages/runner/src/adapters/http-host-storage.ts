import {
  CALL_TOKEN_HEADER,
  CodedError,
  STORAGE_STATUS,
  type StorageErrorCode,
  type StorageResult,
} from "@alga-ext/protocol";
import type { HostStorage } from "../ports.ts";

const TIMEOUT_MS = 30_000;

/**
 * Reach the host's storage through `POST {baseUrl}/api/internal/ext-storage/install/{installId}`.
 *
 * Each request carries the runner's token and the call's own, so the host can check who is really being served.
 * Status codes of the host become storage errors, by code where the body names one.
 */
export function createHttpHostStorage(options: {
  baseUrl: string;
  token: string;
  fetch?: typeof fetch;
}): HostStorage {
  const base = options.baseUrl.replace(/\/+$/, "").replace(/\/api$/, "");
  const send = options.fetch ?? fetch;
  return {
    async storage(scope, operation, { signal }) {
      const response = await send(
        `${base}/api/internal/ext-storage/install/${encodeURIComponent(scope.installId)}`,
        {
          method: "POST",
          redirect: "error",
          headers: {
            "content-type": "application/json",
            "x-runner-auth": options.token,
            ...(scope.callToken === null ? {} : { [CALL_TOKEN_HEADER]: scope.callToken }),
            ...(scope.requestId === null ? {} : { "x-request-id": scope.requestId }),
          },
          body: JSON.stringify(operation),
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        },
      );
      const body: unknown = await response.json().catch(() => null);
      if (response.ok) return body as StorageResult;
      const code = toCode(response.status, (body as { code?: unknown } | null)?.code);
      throw new CodedError(
        code,
        STORAGE_STATUS[code],
        `The host refused a storage operation with ${response.status}.`,
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

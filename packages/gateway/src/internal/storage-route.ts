import {
  CodedError,
  STORAGE_STATUS,
  type HostApi,
  type StorageErrorBody,
  type StorageErrorCode,
  type StorageOperation,
} from "@alga-ext/protocol";
import { GatewayError, toErrorResponse } from "../errors.ts";
import type { InternalRouteOptions } from "./install-config-route.ts";
import { readBody } from "./read-body.ts";
import { requestIdOf } from "./request-id.ts";
import { isUnauthorized, resolveHostCall } from "./resolve-host-call.ts";

/** A storage operation that is refused before it reaches the store. */
class StorageRefusal extends CodedError<StorageErrorCode> {
  static override readonly brand = "StorageRefusal";

  constructor(code: StorageErrorCode, message: string) {
    super(code, STORAGE_STATUS[code], message);
  }
}

/** Twenty values of 64 KiB, their metadata and the JSON around them. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/**
 * `POST /api/internal/ext-storage/install/{installId}` (contract §1.8.1).
 */
export async function serveStorage(
  options: InternalRouteOptions & { readonly hostApi: HostApi },
  request: Request,
  installId: string,
): Promise<Response> {
  if (request.method !== "POST") {
    const error = new GatewayError("method_not_allowed", "Only POST.", { details: { allow: "POST" } });
    return toErrorResponse(error, requestIdOf(request.headers));
  }
  try {
    const install = await resolveHostCall(options, request, installId);
    if (!install.providers.includes("cap:storage.kv")) {
      throw new StorageRefusal("NAMESPACE_DENIED", "cap:storage.kv is not granted.");
    }
    const operation = toOperation(await readJson(request));
    const result = await options.hostApi.storage({ tenantId: install.tenantId, installId }, operation);
    return Response.json(result, { headers: { "cache-control": "no-store" } });
  } catch (error) {
    return refuse(error, options);
  }
}

async function readJson(request: Request): Promise<unknown> {
  const bytes = await readBody(request, MAX_BODY_BYTES);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes ?? new Uint8Array()));
  } catch {
    throw new StorageRefusal("VALIDATION_FAILED", "The body is not JSON.");
  }
}

const OPERATIONS = new Set<unknown>(["put", "get", "list", "delete", "bulkPut"]);

/** Only its outline; what each field may hold is the store's to check. */
function toOperation(value: unknown): StorageOperation {
  if (
    typeof value === "object" &&
    value !== null &&
    "operation" in value &&
    OPERATIONS.has(value.operation)
  ) {
    return value as StorageOperation;
  }
  throw new StorageRefusal("VALIDATION_FAILED", "operation must be put, get, list, delete or bulkPut.");
}

function refuse(error: unknown, options: InternalRouteOptions): Response {
  const { code, message, details } = toRefusal(error);
  if (code === "INTERNAL_ERROR") options.logger.error("storage_failed", { error: String(error) });
  const hasDetails = Object.keys(details).length > 0;
  const body: StorageErrorBody = { error: message, code, ...(hasDetails ? { details } : {}) };
  return Response.json(body, { status: STORAGE_STATUS[code], headers: { "cache-control": "no-store" } });
}

function toRefusal(error: unknown): Pick<StorageRefusal, "code" | "message" | "details"> {
  if (error instanceof GatewayError) {
    return new StorageRefusal(
      isUnauthorized(error)
        ? "UNAUTHORIZED"
        : error.code === "payload_too_large"
          ? "LIMIT_EXCEEDED"
          : "VALIDATION_FAILED",
      error.message,
    );
  }
  if (error instanceof CodedError && isStorageErrorCode(error.code)) {
    return { code: error.code, message: error.message, details: error.details };
  }
  return new StorageRefusal("INTERNAL_ERROR", "The storage failed.");
}

function isStorageErrorCode(code: string): code is StorageErrorCode {
  return Object.hasOwn(STORAGE_STATUS, code);
}

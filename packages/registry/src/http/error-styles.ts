import { isWireErrorCode, WIRE_STATUS, type WireErrorCode } from "@alga-ext/protocol";
import type { ErrorStyle } from "./error-style.ts";
import type { Failure } from "./failure.ts";
import { anyObject, anyText, constant, list, object, openObject } from "./schemas/schema.ts";
import { toManifestIssues } from "./manifest-issues.ts";
import { whyRefused } from "./why-refused.ts";

const hasDetails = ({ details }: Failure): boolean => Object.keys(details).length > 0;

/** `{error, message, requestId}` of the public wire errors; `code` and `details` say more where there is more. */
export const WIRE_ERRORS: ErrorStyle = {
  name: "WireError",
  schema: object(
    { error: anyText, message: anyText, requestId: anyText },
    { code: anyText, details: anyObject },
  ),
  render(failure, requestId) {
    const { body, status } = toWireBody(failure, requestId);
    return Response.json(body, { status });
  },
};

function toWireBody(failure: Failure, requestId: string) {
  const error = wireCode(failure);
  const body = {
    error,
    ...(error === failure.code ? {} : { code: failure.code }),
    message: failure.message,
    requestId,
    ...(hasDetails(failure) ? { details: failure.details } : {}),
  };
  return { body, status: failure.status < 500 ? WIRE_STATUS[error] : failure.status };
}

/** {@link WIRE_ERRORS} with `success: false` and the errors by field (contract §1.9). */
export const SCHEDULE_ERRORS: ErrorStyle = {
  name: "ScheduleError",
  schema: object(
    { success: constant(false), error: anyText, message: anyText, requestId: anyText },
    { code: anyText, details: anyObject, fieldErrors: anyObject },
  ),
  render(failure, requestId) {
    const { fieldErrors, ...details } = failure.details;
    const { body, status } = toWireBody({ ...failure, details }, requestId);
    const more = fieldErrors === undefined ? {} : { fieldErrors };
    return Response.json({ success: false, ...body, ...more }, { status });
  },
};

function wireCode({ code, status }: Failure): WireErrorCode {
  if (isWireErrorCode(code)) return code;
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 409) return "conflict";
  if (status === 413) return "payload_too_large";
  if (status === 429) return "quota_exceeded";
  return status < 500 ? "invalid_request" : "internal_error";
}

const CODED = object({ code: anyText, message: anyText }, { details: anyObject });

/** `{error: {code, message, details?}}` of the v1 routes (contract §1.6). */
export const V1_ERRORS: ErrorStyle = {
  name: "V1Error",
  schema: {
    anyOf: [
      object({ error: CODED }),
      object({
        success: constant(false),
        code: constant("SCHEDULE_REMAP_FAILED"),
        message: anyText,
        missing: list(openObject({ scheduleId: anyText, method: anyText, path: anyText })),
      }),
    ],
  },
  render(failure) {
    const { code, status, message, details } = failure;
    if (code === "schedule_remap_failed") {
      const missing = details["missing"] ?? [];
      return Response.json({ success: false, code: "SCHEDULE_REMAP_FAILED", message, missing }, { status });
    }
    const shown = code === "invalid_request" ? "VALIDATION_ERROR" : code.toUpperCase();
    const error = { code: shown, message, ...(hasDetails(failure) ? { details } : {}) };
    return Response.json({ error }, { status });
  },
};

/** Codes of the contract that are not simply the upper case of ours; all else is. */
const BUNDLE_CODES: Readonly<Record<string, { readonly code: string; readonly status: number }>> = {
  forbidden: { code: "RBAC_FORBIDDEN", status: 403 },
  rate_limited: { code: "RATE_LIMIT", status: 429 },
  invalid_request: { code: "BAD_REQUEST", status: 400 },
  upload_size_mismatch: { code: "BAD_REQUEST", status: 400 },
  upload_too_large: { code: "BAD_REQUEST", status: 400 },
  manifest_missing: { code: "MANIFEST_NOT_FOUND", status: 400 },
};

/** `{error, code, details?}` of the bundle routes (contract §1.5). */
export const BUNDLE_ERRORS: ErrorStyle = {
  name: "BundleError",
  schema: {
    anyOf: [
      object({ error: anyText, code: anyText }, { details: anyObject }),
      object({ success: constant(false), error: CODED }),
    ],
  },
  render(failure) {
    const { message } = failure;
    if (failure.code === "version_exists") {
      const error = { message, code: "EXTENSION_VERSION_ALREADY_EXISTS", details: failure.details };
      return Response.json({ success: false, error }, { status: 409 });
    }
    const { code, status } = BUNDLE_CODES[failure.code] ?? {
      code: failure.code.toUpperCase(),
      status: failure.status,
    };
    const details =
      failure.code === "invalid_manifest" ? { issues: toManifestIssues(failure.details) } : failure.details;
    return Response.json({ error: message, code, ...(hasDetails(failure) ? { details } : {}) }, { status });
  },
};

/** {@link BUNDLE_ERRORS} with the header that tells why an upload was refused. */
export const UPLOAD_ERRORS: ErrorStyle = {
  ...BUNDLE_ERRORS,
  render(failure, requestId) {
    const response = BUNDLE_ERRORS.render(failure, requestId);
    response.headers.set("x-upload-proxy-why", whyRefused(failure));
    return response;
  },
};

/** `{error}` of the look-ups for runners (contract §1.7). */
export const RUNNER_ERRORS: ErrorStyle = {
  name: "RunnerError",
  schema: object({ error: anyText }, { requestId: anyText }),
  render({ code, status }, requestId) {
    const error = code === "unauthenticated" ? "unauthorized" : status >= 500 ? "server_error" : code;
    const vary = { vary: "x-api-key, x-canary" };
    return Response.json({ error, requestId }, { status, headers: vary });
  },
};

/** `{error: {code, message, details?}}` of stored data, with the codes of the storage host API (contract §1.9). */
export const STORAGE_ERRORS: ErrorStyle = {
  name: "StorageError",
  schema: object({ error: CODED }),
  render(failure) {
    const { code, status, message, details } = failure;
    const shown = code === "invalid_request" ? "VALIDATION_FAILED" : code.toUpperCase();
    return Response.json(
      { error: { code: shown, message, ...(hasDetails(failure) ? { details } : {}) } },
      { status },
    );
  },
};

import type { UploadResult } from "@alga-ext/protocol";
import { CodedError } from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";
import { MAX_UPLOAD_BYTES } from "../uploads/stage.ts";
import { requireCaller } from "./caller.ts";
import type { RouteContext } from "./route-context.ts";

const HASH = /^[0-9a-f]{64}$/;

/**
 * `POST /api/ext-bundles/upload-proxy?filename&size[&declaredHash]`: stream the body into staging.
 *
 * `content-length`, when there is one, must equal `size`; the bytes are counted in any case.
 */
export async function acceptUpload({ registry, request, url, options }: RouteContext): Promise<UploadResult> {
  const principal = await requireCaller(request, "extension:publish", options);
  const filename = url.searchParams.get("filename") ?? "";
  if (filename === "" || filename.length > 255 || filename.includes("\0")) throw refuse("filename_required");
  const sizeText = url.searchParams.get("size") ?? "";
  if (sizeText === "") throw refuse("size_required");
  const size = /^\d{1,15}$/.test(sizeText) ? Number(sizeText) : 0;
  if (size === 0) throw refuse("size_invalid");
  if (size > MAX_UPLOAD_BYTES) throw refuse("size_exceeds_cap");
  const declaredHash = url.searchParams.get("declaredHash");
  if (declaredHash !== null && !HASH.test(declaredHash)) throw refuse("declared_hash_invalid");
  const length = request.headers.get("content-length");
  if (length !== null && length !== sizeText) throw refuse("content_length_mismatch");
  if (request.body === null) throw refuse("missing_body");
  return registry.uploads.stage({
    filename,
    size,
    ...(declaredHash === null ? {} : { declaredHash }),
    body: request.body,
    principal,
  });
}

const MESSAGES = {
  filename_required: "The query needs filename, 1 to 255 characters.",
  size_required: "The query needs size, the archive's bytes.",
  size_invalid: "size must be a positive integer.",
  size_exceeds_cap: `An archive has at most ${MAX_UPLOAD_BYTES} bytes.`,
  declared_hash_invalid: "declaredHash must be 64 lower-case hex digits.",
  content_length_mismatch: "content-length differs from size.",
  missing_body: "The request has no body.",
} as const;

function refuse(why: keyof typeof MESSAGES): RegistryError {
  return new RegistryError("invalid_request", MESSAGES[why], { details: { why } });
}

/** Value of the header `x-upload-proxy-why` (contract §1.5). */
export function whyRefused(error: unknown): string {
  if (!(error instanceof CodedError)) return "unhandled_exception";
  if (typeof error.details["why"] === "string") return error.details["why"];
  switch (error.code) {
    case "unauthenticated":
    case "tenant_mismatch":
    case "forbidden":
      return "rbac_forbidden_missing_admin_header";
    case "upload_size_mismatch":
    case "upload_too_large":
      return "content_length_mismatch";
    default:
      return "unhandled_exception";
  }
}

import type { JsonValue } from "@alga-ext/protocol";
import type { Failure } from "./failure.ts";

/** Value of the header `x-upload-proxy-why` (contract §1.5). */
export function whyRefused({ code, details }: Failure): string {
  const why = details["why"];
  switch (code) {
    case "unauthenticated":
    case "tenant_mismatch":
    case "forbidden":
      return "rbac_forbidden_missing_admin_header";
    case "rate_limited":
      return "rate_limited";
    case "upload_size_mismatch":
    case "upload_too_large":
      return "content_length_mismatch";
    case "invalid_request":
      return typeof why === "string" ? why : whyInvalid(details["problems"]);
    default:
      return "unhandled_exception";
  }
}

function whyInvalid(problems: JsonValue | undefined): string {
  const [first] = (Array.isArray(problems) ? problems : []) as readonly { pointer: string; code: string }[];
  if (first?.pointer === "/filename") return "filename_required";
  if (first?.pointer === "/declaredHash") return "declared_hash_invalid";
  if (first?.code === "missing") return "size_required";
  return first?.code === "too_big" ? "size_exceeds_cap" : "size_invalid";
}

import type { ExecuteRequest } from "@alga-ext/protocol";
import type { WireValue } from "../frames/wire-value.ts";

/** The WIT `execute-request` of a wire request (contract §2.3): the query goes into the URL. */
export function toGuestRequest({ context, http }: ExecuteRequest): WireValue {
  const query = http.query === undefined ? "" : new URLSearchParams(http.query).toString();
  const url = query === "" ? http.path : `${http.path}${http.path.includes("?") ? "&" : "?"}${query}`;
  return {
    context: {
      requestId: context.request_id ?? null,
      tenantId: context.tenant_id,
      extensionId: context.extension_id,
      installId: context.install_id ?? null,
      versionId: context.version_id ?? null,
    },
    http: {
      method: http.method,
      url,
      headers: Object.entries(http.headers ?? {}).map(([name, value]) => ({ name, value })),
      body:
        http.body_b64 === undefined || http.body_b64 === null ? null : Buffer.from(http.body_b64, "base64"),
    },
  };
}

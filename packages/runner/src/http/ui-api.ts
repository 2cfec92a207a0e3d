import { wireErrorResponse, type WireErrorCode } from "@alga-ext/protocol";
import type { BundleStore } from "../bundles/bundle-store.ts";
import type { RunnerLogger } from "../ports.ts";
import { createUiPolicy, type UiPolicyOptions } from "./content-security-policy.ts";
import type { InstallGate } from "./install-gate.ts";
import { toRefusal } from "./internal-api.ts";
import { isCompressible, MIME_TYPES } from "./mime-types.ts";
import { chooseEncoding, encodeFile } from "./ui-files.ts";
import { parseUiPath } from "./ui-path.ts";

/** Parts of the UI server. */
export interface UiApiParts extends UiPolicyOptions {
  readonly bundles: BundleStore;
  readonly gate: InstallGate;
  readonly logger: RunnerLogger;
}

const INDEX = "index.html";

/**
 * The public UI server: `GET|HEAD /ext-ui/{extension}/{hash}/{path}`, from verified bundles only.
 *
 * Files are immutable because the hash is in the path; documents are revalidated because their policy is not.
 */
export function createUiApi(parts: UiApiParts): (request: Request) => Promise<Response> {
  const policy = createUiPolicy(parts);
  const security = {
    "content-security-policy": policy(null),
    "x-content-type-options": "nosniff",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=()",
  };
  const refuse = (code: WireErrorCode) => wireErrorResponse(code, { headers: security });

  const serve = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const path = parseUiPath(url.pathname);
    if (path === null) return refuse("not_found");
    if (request.method !== "GET" && request.method !== "HEAD") return refuse("method_not_allowed");
    const tenantId = url.searchParams.get("tenant") ?? request.headers.get("x-tenant-id");
    const installed = await parts.gate
      .isInstalled({
        registryId: path.extensionId,
        contentHash: path.hash,
        ...(tenantId === null || tenantId === "" ? {} : { tenantId }),
      })
      .catch((error: unknown) => {
        parts.logger.warn("install validation failed", { error: String(error) });
        return null;
      });
    if (installed === null) return refuse("access_policy_unavailable");
    if (!installed) return refuse("not_found");
    const { ui } = await parts.bundles.load(path.hash);
    const name = path.hasExtension ? path.file : INDEX;
    const bytes = ui.get(name);
    if (bytes === undefined) return refuse("not_found");
    const type =
      MIME_TYPES.get(name.slice(name.lastIndexOf(".") + 1).toLowerCase()) ?? "application/octet-stream";
    const file = await encodeFile(bytes, {
      encoding: chooseEncoding(request.headers.get("accept-encoding")),
      compressible: isCompressible(type),
    });
    const headers: Record<string, string> = {
      ...security,
      "content-security-policy": policy(path),
      "content-type": type,
      etag: file.etag,
      vary: "accept-encoding",
      "cache-control": name.endsWith(".html") ? "no-cache" : "public, max-age=31536000, immutable",
    };
    if (isCurrent(request.headers.get("if-none-match"), file.etag))
      return new Response(null, { status: 304, headers });
    headers["content-length"] = String(file.bytes.length);
    if (file.encoding !== "identity") headers["content-encoding"] = file.encoding;
    return new Response(request.method === "HEAD" ? null : (file.bytes as Uint8Array<ArrayBuffer>), {
      headers,
    });
  };

  return async (request) => {
    try {
      return await serve(request);
    } catch (error) {
      const response = toRefusal(error, parts.logger);
      for (const [name, value] of Object.entries(security)) response.headers.set(name, value);
      return response;
    }
  };
}

/** RFC 9110 weak comparison of `if-none-match`. */
function isCurrent(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(",").some((part) => {
    const candidate = part.trim().replace(/^W\//, "");
    return candidate === "*" || candidate === etag;
  });
}

import { wireErrorResponse, type WireErrorCode } from "@alga-ext/protocol";
import type { BundleStore } from "../bundles/bundle-store.ts";
import type { HostOwner, RunnerLogger } from "../ports.ts";
import { parseRange } from "./byte-range.ts";
import { chooseEncoding } from "./choose-encoding.ts";
import { createUiPolicy, type UiPolicyOptions } from "./content-security-policy.ts";
import type { HostDirectory } from "./host-directory.ts";
import { toUiLocation } from "./host-dispatch.ts";
import type { InstallGate } from "./install-gate.ts";
import { toRefusal } from "./internal-api.ts";
import type { Metrics } from "./metrics.ts";
import { isCompressible, MIME_TYPES } from "./mime-types.ts";
import { toUiBody } from "./ui-body.ts";
import { createUiFiles } from "./ui-files.ts";
import { parseUiPath, type UiPath } from "./ui-path.ts";

/** Parts of the UI server. */
export interface UiApiParts extends UiPolicyOptions {
  readonly bundles: BundleStore;
  readonly gate: InstallGate;
  /** Null where no install has a host of its own. */
  readonly hosts: HostDirectory | null;
  /** False serves what was published to everybody, and asks nothing about tenants. */
  readonly isStrict: boolean;
  readonly maxFileBytes: number;
  readonly maxEncodedBytes: number;
  readonly metrics: Pick<Metrics, "cache" | "ui">;
  readonly logger: RunnerLogger;
}

const INDEX = "index.html";
const METHODS = "GET, HEAD";

/**
 * The public UI server: `GET|HEAD /ext-ui/{extension}/{hash}/{path}`, from verified bundles only, and `/` on the host of
 * an install, which leads there.
 *
 * Files are immutable because the hash is in the path; documents are revalidated because their policy is not, and
 * because they stand for paths that have no file.
 */
export function createUiApi(parts: UiApiParts): (request: Request) => Promise<Response> {
  const policy = createUiPolicy(parts);
  const files = createUiFiles({
    maxBytes: parts.maxEncodedBytes,
    onLook: (isHit) => parts.metrics.cache("ui_encoding", isHit),
  });
  const security = {
    "content-security-policy": policy(null),
    "x-content-type-options": "nosniff",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=()",
  };
  const refuse = (code: WireErrorCode, message?: string) =>
    wireErrorResponse(code, {
      ...(message === undefined ? {} : { message }),
      headers: { ...security, ...(code === "method_not_allowed" ? { allow: METHODS } : {}) },
    });

  /** Undefined when the registry cannot tell. */
  const ownerOf = async (request: Request): Promise<HostOwner | null | undefined> => {
    if (parts.hosts === null) return null;
    return await parts.hosts.ownerOf(request.headers.get("host")).catch((error: unknown) => {
      parts.logger.warn("host lookup failed", { error: String(error) });
      return undefined;
    });
  };

  const dispatch = async (request: Request, url: URL): Promise<Response> => {
    const owner = await ownerOf(request);
    if (owner === undefined) return refuse("bad_gateway", "The registry does not say whose host this is.");
    if (owner === null) return refuse("not_found");
    const location = toUiLocation(owner, url.searchParams);
    return new Response(null, {
      status: 307,
      headers: { ...security, location, "cache-control": "no-store" },
    });
  };

  /** Null when it may be served. */
  const refusalOf = async (
    request: Request,
    { path, url, owner }: { path: UiPath; url: URL; owner: HostOwner | null },
  ): Promise<Response | null> => {
    const asked = url.searchParams.get("tenant") ?? request.headers.get("x-tenant-id") ?? "";
    // On the host of one install there is nothing of anybody else.
    if (owner !== null && (owner.registryId !== path.extensionId || !["", owner.tenantId].includes(asked)))
      return refuse("not_found");
    const tenantId = owner?.tenantId ?? asked;
    const installed = await parts.gate
      .isInstalled({
        registryId: path.extensionId,
        contentHash: path.hash,
        ...(tenantId === "" || !parts.isStrict ? {} : { tenantId }),
      })
      .catch((error: unknown) => {
        parts.logger.warn("install validation failed", { error: String(error) });
        return null;
      });
    if (installed === null) return refuse("access_policy_unavailable");
    return installed ? null : refuse("not_found");
  };

  const serve = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const isRoot = url.pathname === "/" && parts.hosts !== null;
    const path = isRoot ? null : parseUiPath(url.pathname);
    if (path === null && !isRoot) return refuse("not_found");
    if (request.method !== "GET" && request.method !== "HEAD") return refuse("method_not_allowed");
    if (path === null) return await dispatch(request, url);
    const owner = await ownerOf(request);
    if (owner === undefined) return refuse("access_policy_unavailable");
    const refusal = await refusalOf(request, { path, url, owner });
    if (refusal !== null) return refusal;
    const { ui } = await parts.bundles.load(path.hash);
    const name = path.hasExtension ? path.file : INDEX;
    const bytes = ui.get(name);
    if (bytes === undefined) return refuse("not_found");
    if (bytes.length > parts.maxFileBytes)
      return refuse(
        "payload_too_large",
        `asset too large: ${name} has ${bytes.length} bytes, ${parts.maxFileBytes} are served.`,
      );
    const isOwnHost = owner !== null;
    return await send(request, { name, bytes, policy: policy({ ...path, isOwnHost }) });
  };

  const send = async (
    request: Request,
    file: { name: string; bytes: Uint8Array; policy: string },
  ): Promise<Response> => {
    const { name } = file;
    const type =
      MIME_TYPES.get(name.slice(name.lastIndexOf(".") + 1).toLowerCase()) ?? "application/octet-stream";
    // Ranges are of the file itself, never of an encoded one, whose bytes nobody else would make alike.
    const range =
      request.method === "GET" ? parseRange(request.headers.get("range"), file.bytes.length) : null;
    const wanted = chooseEncoding(request.headers.get("accept-encoding"));
    const plain = await files.get(file.bytes, "identity");
    const ifRange = request.headers.get("if-range");
    const part = ifRange === null || ifRange === plain.etag ? range : null;
    const { bytes, encoding, etag } =
      part !== null || !isCompressible(type) ? plain : await files.get(file.bytes, wanted);
    const headers: Record<string, string> = {
      ...security,
      "content-security-policy": file.policy,
      "content-type": type,
      etag,
      vary: "accept-encoding, x-tenant-id",
      "accept-ranges": "bytes",
      "cache-control": name.endsWith(".html") ? "no-cache" : "public, max-age=31536000, immutable",
    };
    if (isCurrent(request.headers.get("if-none-match"), etag))
      return new Response(null, { status: 304, headers });
    if (part === "unsatisfiable")
      return new Response(null, {
        status: 416,
        headers: { ...security, "content-range": `bytes */${bytes.length}`, "cache-control": "no-store" },
      });
    const body = part === null ? bytes : bytes.subarray(part.start, part.end + 1);
    headers["content-length"] = String(body.length);
    if (encoding !== "identity") headers["content-encoding"] = encoding;
    if (part !== null) headers["content-range"] = `bytes ${part.start}-${part.end}/${bytes.length}`;
    return new Response(request.method === "HEAD" ? null : toUiBody(body), {
      status: part === null ? 200 : 206,
      headers,
    });
  };

  return async (request) => {
    const response = await serve(request).catch((error: unknown) => {
      const refusal = toRefusal(error, parts.logger);
      for (const [name, value] of Object.entries(security)) refusal.headers.set(name, value);
      return refusal;
    });
    const isFile = response.status === 200 || response.status === 206;
    parts.metrics.ui(
      response.status,
      isFile && response.body !== null ? Number(response.headers.get("content-length") ?? 0) : 0,
    );
    return response;
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

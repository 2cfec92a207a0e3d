import type { JsonValue } from "@alga-ext/protocol";
import { requireCaller } from "./caller.ts";
import type { RouteContext } from "./route-context.ts";
import { toFailure, type Failure } from "./failure.ts";
import { invalid, optionalText, readJson, textField } from "./read-json.ts";
import { acceptUpload, whyRefused } from "./upload-route.ts";

const ROUTES: Readonly<Record<string, (context: RouteContext) => Promise<unknown>>> = {
  "upload-proxy": acceptUpload,
  async finalize(context) {
    const principal = await requireCaller(context.request, "extension:publish", context.options);
    const body = await readJson(context.request);
    const { size } = body;
    if (size !== undefined && !Number.isSafeInteger(size)) throw invalid("size", "must be an integer");
    const declaredHash = optionalText(body, "declaredHash");
    const manifestJson = optionalText(body, "manifestJson", 262_144);
    const signatures = optionalText(body, "signatures", 262_144);
    return context.registry.uploads.finalize({
      key: textField(body, "key"),
      ...(size === undefined ? {} : { size: size as number }),
      ...(declaredHash === undefined ? {} : { declaredHash }),
      ...(manifestJson === undefined ? {} : { manifestJson }),
      ...(signatures === undefined ? {} : { signatures }),
      principal,
    });
  },
  async abort(context) {
    const principal = await requireCaller(context.request, "extension:publish", context.options);
    const key = textField(await readJson(context.request), "key");
    if (!key.startsWith("sha256/")) throw invalid("key", "must start with sha256/");
    return context.registry.uploads.abort({ key, principal });
  },
};

/** Codes of the contract that are not simply the upper case of ours; all else is. */
const CODES: Readonly<Record<string, { readonly code: string; readonly status: number }>> = {
  forbidden: { code: "RBAC_FORBIDDEN", status: 403 },
  invalid_request: { code: "BAD_REQUEST", status: 400 },
  upload_size_mismatch: { code: "BAD_REQUEST", status: 400 },
  upload_too_large: { code: "BAD_REQUEST", status: 400 },
  manifest_missing: { code: "MANIFEST_NOT_FOUND", status: 400 },
};

/** `POST /api/ext-bundles/{upload-proxy,finalize,abort}` (contract §1.5). */
export async function bundleRoute(context: RouteContext): Promise<Response | null> {
  const { request, url } = context;
  const name = url.pathname.slice("/api/ext-bundles/".length);
  const run = Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined;
  if (run === undefined) return null;
  if (request.method !== "POST") {
    const body = { error: "Use POST.", code: "METHOD_NOT_ALLOWED" };
    return Response.json(body, { status: 405, headers: { allow: "POST" } });
  }
  try {
    return Response.json(await run(context));
  } catch (error) {
    const response = toResponse(toFailure(error, context));
    if (name === "upload-proxy") response.headers.set("x-upload-proxy-why", whyRefused(error));
    return response;
  }
}

function toResponse(failure: Failure): Response {
  if (failure.code === "version_exists") {
    const error = {
      message: failure.message,
      code: "EXTENSION_VERSION_ALREADY_EXISTS",
      details: failure.details,
    };
    return Response.json({ success: false, error }, { status: 409 });
  }
  const { code, status } = CODES[failure.code] ?? {
    code: failure.code.toUpperCase(),
    status: failure.status,
  };
  const details =
    failure.code === "invalid_manifest" ? { issues: toIssues(failure.details) } : failure.details;
  const hasDetails = Object.keys(details).length > 0;
  return Response.json({ error: failure.message, code, ...(hasDetails ? { details } : {}) }, { status });
}

/** Problems of the manifest as `[{path: "api.endpoints[0].path", message}]`; `$` is the root. */
function toIssues({ problems }: { readonly problems?: JsonValue }): JsonValue[] {
  if (!Array.isArray(problems)) return [];
  return (problems as { pointer: string; message: string }[]).map(({ pointer, message }) => ({
    path: toPath(pointer),
    message,
  }));
}

function toPath(pointer: string): string {
  if (pointer === "") return "$";
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join("");
}

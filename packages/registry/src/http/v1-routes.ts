import type { Grants } from "@alga-ext/protocol";
import { requireCaller } from "./caller.ts";
import type { RouteContext } from "./route-context.ts";
import { toFailure } from "./failure.ts";
import { invalid, readJson, textField, textListField, type JsonBody } from "./read-json.ts";

type Answer = { readonly status: number; readonly data: Readonly<Record<string, unknown>> };
type Run = (
  context: RouteContext,
  body: JsonBody,
  caller: { tenantId: string; userId: string },
) => Promise<Answer>;

const ROUTES: Readonly<Record<string, Run>> = {
  async install({ registry }, body, { tenantId, userId }) {
    const registryId = textField(body, "registryId");
    const grants = grantsOf(body);
    const installed = await registry.install({
      tenantId,
      registryId,
      version: textField(body, "version"),
      ...(grants === undefined ? {} : { grants }),
      actor: userId,
    });
    return answer(
      202,
      { registryId, version: installed.version, installId: installed.installId },
      "Installed.",
    );
  },
  async uninstall({ registry }, body, { tenantId, userId }) {
    const registryId = textField(body, "registryId");
    await registry.uninstall({ tenantId, registryId, actor: userId });
    return answer(200, { registryId }, "Uninstalled.");
  },
  async update({ registry }, body, { tenantId, userId }) {
    const registryId = textField(body, "registryId");
    const version = textField(body, "version");
    const updated = await registry.update({ tenantId, registryId, version, actor: userId });
    return answer(200, { registryId, version: updated.version, installId: updated.installId }, "Updated.");
  },
};

/** `POST /api/v1/extensions/{install,uninstall,update}` (contract §1.6). */
export async function v1Route(context: RouteContext): Promise<Response | null> {
  const { request, url } = context;
  const name = url.pathname.slice("/api/v1/extensions/".length);
  const run = Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined;
  if (run === undefined) return null;
  if (request.method !== "POST") {
    const error = { code: "METHOD_NOT_ALLOWED", message: "Use POST." };
    return Response.json({ error }, { status: 405, headers: { allow: "POST" } });
  }
  try {
    const caller = await requireCaller(request, "extension:manage", context.options);
    const { status, data } = await run(context, await readJson(request), caller);
    return Response.json({ data }, { status });
  } catch (error) {
    const { code, status, message, details } = toFailure(error, context);
    const shown = code === "invalid_request" ? "VALIDATION_ERROR" : code.toUpperCase();
    const hasDetails = Object.keys(details).length > 0;
    return Response.json({ error: { code: shown, message, ...(hasDetails ? { details } : {}) } }, { status });
  }
}

function answer(status: number, data: Readonly<Record<string, unknown>>, message: string): Answer {
  return { status, data: { ...data, success: true, message } };
}

function grantsOf(body: JsonBody): Grants | undefined {
  const { grants } = body;
  if (grants === undefined || grants === null) return undefined;
  if (typeof grants !== "object" || Array.isArray(grants)) throw invalid("grants", "must be an object");
  const given = grants as JsonBody;
  return { capabilities: textListField(given, "capabilities"), egress: textListField(given, "egress") };
}

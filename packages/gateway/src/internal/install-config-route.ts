import { CALL_TOKEN_HEADER, type InstallConfig, type InstallResolver } from "@alga-ext/protocol";
import { GatewayError, toErrorResponse } from "../errors.ts";
import type { CallAuthority, GatewayLogger } from "../ports.ts";
import { readBody } from "./read-body.ts";
import { requestIdOf } from "./request-id.ts";
import { assertTenantAgrees } from "./assert-tenant-agrees.ts";
import { assertRunner, type RunnerGuard } from "./runner-guard.ts";

const MAX_BODY_BYTES = 4096;

/** What the internal routes need. */
export interface InternalRouteOptions {
  readonly guard: RunnerGuard;
  readonly installs: InstallResolver;
  readonly calls: CallAuthority;
  readonly logger: GatewayLogger;
  readonly clock: () => number;
}

/** `POST /api/internal/ext-runner/install-config` (contract §1.8). A call token, when sent, must name the same tenant. */
export async function serveInstallConfig(options: InternalRouteOptions, request: Request): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  try {
    if (request.method !== "POST") {
      throw new GatewayError("method_not_allowed", "Only POST.", { details: { allow: "POST" } });
    }
    await assertRunner(options.guard, request);
    const query = await readQuery(request);
    assertTenantAgrees(request.headers, query.tenantId);
    const token = request.headers.get(CALL_TOKEN_HEADER);
    if (token !== null) {
      const claims = await options.calls.verify(token, { now: options.clock() });
      if (claims.tenant !== query.tenantId)
        throw new GatewayError("unauthorized", "The call is another tenant's.");
    }
    const install = await options.installs.resolve(query);
    if (install === null) throw new GatewayError("install_not_found", "There is no such active install.");
    const config: InstallConfig = {
      tenantId: install.tenantId,
      extensionSlug: install.slug,
      installId: install.installId,
      versionId: install.versionId,
      registryId: install.registryId,
      contentHash: install.contentHash,
      config: install.config,
      providers: install.providers,
      configVersion: install.configVersion,
      secretsVersion: install.secretsVersion,
      secretEnvelope: install.secretEnvelope,
      updatedAt: install.updatedAt ?? null,
    };
    return Response.json(config, { headers: { "cache-control": "no-store" } });
  } catch (error) {
    if (error instanceof GatewayError) return toErrorResponse(error, requestId);
    options.logger.error("install_config_failed", { requestId, error: String(error) });
    return toErrorResponse(new GatewayError("internal_error", "The install could not be read."), requestId);
  }
}

async function readQuery(request: Request): Promise<{ tenantId: string; extensionId: string }> {
  const bytes = await readBody(request, MAX_BODY_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array()));
  } catch (cause) {
    throw new GatewayError("invalid_request", "The body is not JSON.", { cause });
  }
  const { tenantId, extensionId } = (value ?? {}) as { tenantId?: unknown; extensionId?: unknown };
  if (
    typeof tenantId !== "string" ||
    tenantId === "" ||
    typeof extensionId !== "string" ||
    extensionId === ""
  ) {
    throw new GatewayError("invalid_request", "tenantId and extensionId must be non-empty strings.");
  }
  return { tenantId, extensionId: extensionId.toLowerCase() };
}

import type { HostLookup } from "../ports.ts";

const TIMEOUT_MS = 750;

/**
 * Ask the registry: `GET {baseUrl}/api/installs/lookup-by-host?host=`, answered
 * `{tenant_id, extension_id, content_hash}` or 404.
 */
export function createHttpHostLookup(options: {
  baseUrl: string;
  apiKey: string;
  fetch?: typeof fetch;
}): HostLookup {
  const base = options.baseUrl.replace(/\/+$/, "").replace(/\/api$/, "");
  const send = options.fetch ?? fetch;
  return {
    async lookup(host, { signal }) {
      const query = new URLSearchParams({ host });
      const response = await send(`${base}/api/installs/lookup-by-host?${query.toString()}`, {
        headers: { "x-api-key": options.apiKey },
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      if (response.status === 404) return null;
      if (!response.ok) throw new Error(`The registry answered ${response.status}.`);
      const body = (await response.json()) as Readonly<Record<string, unknown>>;
      const { tenant_id: tenantId, extension_id: registryId, content_hash: contentHash } = body;
      if (typeof tenantId !== "string" || typeof registryId !== "string" || typeof contentHash !== "string")
        throw new Error("The registry's answer lacks a field.");
      return { tenantId, registryId, contentHash };
    },
  };
}

import type { InstallValidator } from "../ports.ts";

const TIMEOUT_MS = 750;

/** Ask the registry: `GET {baseUrl}/api/installs/validate?tenant=&extension=&hash=`, answered `{valid: boolean}`. */
export function createHttpInstallValidator(options: {
  baseUrl: string;
  apiKey: string;
  fetch?: typeof fetch;
}): InstallValidator {
  const base = options.baseUrl.replace(/\/+$/, "").replace(/\/api$/, "");
  const send = options.fetch ?? fetch;
  return {
    async validate({ tenantId, registryId, contentHash }, { signal }) {
      const query = new URLSearchParams({ extension: registryId, hash: contentHash });
      if (tenantId !== undefined) query.set("tenant", tenantId);
      const response = await send(`${base}/api/installs/validate?${query.toString()}`, {
        headers: { "x-api-key": options.apiKey },
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      if (response.status === 404) return false;
      if (!response.ok) throw new Error(`The registry answered ${response.status}.`);
      const body = (await response.json()) as { valid?: unknown };
      return body.valid === true;
    },
  };
}

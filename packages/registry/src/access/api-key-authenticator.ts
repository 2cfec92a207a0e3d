import type { Registry } from "../registry.ts";
import type { Authenticator } from "./authenticator.ts";

/**
 * Authenticate by an API key of the registry, in `x-api-key` or as `authorization: Bearer`.
 *
 * Other credentials in these headers are left to other authenticators.
 */
export function createApiKeyAuthenticator(registry: Pick<Registry, "apiKeys">): Authenticator {
  return async (request) => {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    const token = [request.headers.get("x-api-key"), bearer].find((one) => one?.startsWith("alga_"));
    return token === undefined || token === null ? undefined : registry.apiKeys.verify(token);
  };
}

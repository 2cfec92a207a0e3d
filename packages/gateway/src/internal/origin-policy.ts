import { GatewayError } from "../errors.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Which browser origins may call, besides the host's own. */
export interface OriginPolicy {
  /** CORS headers for an answer; empty unless the request's origin is on the list. */
  headers(request: Request): Record<string, string>;
  /** Answer to a preflight: 204, with permission only for origins on the list. */
  preflight(request: Request, maxAgeS: number): Response;
  /**
   * Refuse a request that changes something, carries cookies and was started by another site.
   *
   * @throws {GatewayError} `forbidden`.
   */
  refuseCrossSite(request: Request, url: URL): void;
}

/**
 * Build the policy from an exact list of origins.
 *
 * @throws {TypeError} on an entry that is no web origin; frames without an origin of their own cannot be listed.
 */
export function toOriginPolicy(allowedOrigins: readonly string[]): OriginPolicy {
  const allowed = new Set(allowedOrigins.map(toOrigin));

  const headers = (request: Request): Record<string, string> => {
    if (allowed.size === 0) return {};
    const origin = request.headers.get("origin");
    if (origin === null || !allowed.has(origin)) return { vary: "Origin" };
    return {
      vary: "Origin",
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers":
        "x-request-id,x-ext-request-id,x-ext-warning,etag,retry-after,idempotency-replayed",
    };
  };

  return {
    headers,
    preflight(request, maxAgeS) {
      const cors = headers(request);
      if (cors["access-control-allow-origin"] !== undefined) {
        cors["access-control-allow-methods"] = "GET,POST,PUT,PATCH,DELETE,OPTIONS";
        cors["access-control-allow-headers"] = "content-type,x-request-id,x-idempotency-key";
        cors["access-control-max-age"] = String(maxAgeS);
      }
      return new Response(null, {
        status: 204,
        headers: { ...cors, vary: "Origin, Access-Control-Request-Headers" },
      });
    },
    refuseCrossSite(request, url) {
      // Only cookies are sent by a browser without the calling page knowing them.
      if (SAFE.has(request.method) || !request.headers.has("cookie")) return;
      const origin = request.headers.get("origin");
      if (origin !== null && allowed.has(origin)) return;
      // Where the browser says it, it knows better than we do behind a TLS proxy.
      const site = request.headers.get("sec-fetch-site");
      if (
        site === null ? origin === null || origin === url.origin : site === "same-origin" || site === "none"
      )
        return;
      throw new GatewayError("forbidden", "Requests that change something must come from this site.");
    },
  };
}

function toOrigin(text: string): string {
  const { protocol, origin } = new URL(text);
  if (protocol === "https:" || protocol === "http:") return origin;
  throw new TypeError(`allowedOrigins has ${JSON.stringify(text)}, which is no web origin.`);
}

import { RegistryError } from "../errors.ts";

/**
 * Refuse a request that changes something when a browser sends it for a page of another origin with the user's cookies.
 *
 * A key in a header is no cookie: no page can make a browser add it unasked. Programs without a browser send neither
 * `sec-fetch-site` nor `origin`.
 *
 * @throws {RegistryError} `forbidden`
 */
export function assertSameSite(request: Request, url: URL, trustedOrigins: readonly string[]): void {
  const { headers, method } = request;
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return;
  // Basic credentials are no better than cookies: browsers remember and add them.
  if (headers.has("x-api-key") || /^Bearer /i.test(headers.get("authorization") ?? "")) return;
  const origin = headers.get("origin");
  if (origin !== null && trustedOrigins.includes(origin)) return;
  const site = headers.get("sec-fetch-site");
  // Behind a proxy our own scheme may look different, but the browser knows.
  if (site === "same-origin" || site === "none") return;
  if (site === null && (origin === null || origin === url.origin)) return;
  throw new RegistryError("forbidden", "Requests that change something must come from this site.", {
    details: { why: "cross_site" },
  });
}

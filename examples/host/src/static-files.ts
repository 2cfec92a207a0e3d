import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".woff2": "font/woff2",
};

/**
 * Serve the host's own single-page app: hashed assets are immutable, every other path is `index.html`.
 *
 * @param root - directory of the built UI
 * @param frameSource - origin that may be framed (the runner's UI base)
 */
export function createStaticFiles(
  root: string,
  frameSource: string,
): (pathname: string) => Promise<Response> {
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    `frame-src ${frameSource}`,
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join("; ");
  const security = {
    "content-security-policy": policy,
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
  return async (pathname) => {
    const path = normalize(join(root, pathname));
    const type = TYPES[extname(path)];
    if (type !== undefined && path.startsWith(root + sep)) {
      const body = await readFile(path).catch(() => null);
      if (body === null) return new Response("Not found", { status: 404, headers: security });
      const cache = pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
      return new Response(body, { headers: { ...security, "content-type": type, "cache-control": cache } });
    }
    const page = await readFile(join(root, "index.html"));
    return new Response(page, {
      headers: { ...security, "content-type": TYPES[".html"]!, "cache-control": "no-cache" },
    });
  };
}

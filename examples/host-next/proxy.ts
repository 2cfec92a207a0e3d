import { randomBytes } from "node:crypto";
import { NextResponse, type NextRequest, type ProxyConfig } from "next/server";
import { SESSION_COOKIE, readSession } from "./lib/sessions.ts";

/** Pages need a session and get a policy; what the system answers never comes here, see `config`. */
export function proxy(request: NextRequest): NextResponse {
  const isLogin = request.nextUrl.pathname === "/login";
  if (!isLogin && readSession(request.cookies.get(SESSION_COOKIE)?.value) === null) {
    return NextResponse.redirect(new URL("/login", request.url), 303);
  }
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    `frame-src ${process.env["RUNNER_PUBLIC_BASE"]}`,
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join("; ");
  // Next.js finds the nonce in the request's policy and puts it on its own scripts.
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("referrer-policy", "same-origin");
  response.headers.set("x-content-type-options", "nosniff");
  return response;
}

/**
 * Everything but the system's own routes and files.
 *
 * `/api` and `/ext-ui` ask `authenticate` themselves, and the runner's calls carry a token and no session. And where a
 * proxy runs, Next.js copies the body into memory first and cuts it off at `proxyClientMaxBodySize` (10 MB) without an
 * error: uploads of bundles and bodies for extensions would arrive short.
 */
export const config: ProxyConfig = {
  matcher: ["/((?!api/|ext-ui/|session$|_next/static/|icon.svg$).*)"],
};

import { wireErrorResponse } from "@alga-ext/protocol";

const NOT_HERE = "Extensions are not part of this edition.";
const MANAGEMENT = /^\/api\/(?:ext-bundles|v1\/extensions)\//;

/** What an installation without extensions answers (contract §0); null for paths that are none of the system's. */
export function serveCommunityEdition(pathname: string): Response | null {
  const init = { status: 501, headers: { "cache-control": "no-store" } };
  if (pathname.startsWith("/api/internal/ext-"))
    return Response.json({ error: NOT_HERE, code: "EE_REQUIRED" }, init);
  if (MANAGEMENT.test(pathname)) return Response.json({ error: NOT_HERE }, init);
  const isOurs = ["/api/ext/", "/api/ext-proxy/", "/api/ext-debug/", "/ext-ui/", "/runner/"].some((prefix) =>
    pathname.startsWith(prefix),
  );
  return isOurs ? wireErrorResponse("not_found", { message: NOT_HERE }) : null;
}

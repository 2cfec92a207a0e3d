/** The part a real product already has: who is asking. A stub with one administrator and one publisher. */
import { randomBytes } from "node:crypto";
import type { Principal } from "@alga-ext/protocol";

const ADA: Principal = {
  tenantId: "acme",
  userId: "ada",
  userType: "internal",
  email: "ada@acme.test",
  name: "Ada",
  permissions: ["extension:read", "extension:write", "extension:manage"],
};
const PUBLISHER: Principal = {
  tenantId: "publishers",
  userId: "ci",
  userType: "service",
  email: "",
  name: "CI",
  permissions: ["extension:publish"],
};
const SESSION = `session=${randomBytes(24).toString("base64url")}`;

/** What `alga-ext publish` sends as `x-api-key`. */
export const API_KEY: string = process.env["PUBLISH_API_KEY"] ?? randomBytes(24).toString("base64url");

/** Whoever asks is Ada from here on: put your own login in its place. */
export function login(): Response {
  return new Response(null, {
    status: 204,
    headers: { "set-cookie": `${SESSION}; HttpOnly; SameSite=Lax; Path=/` },
  });
}

/** The principal behind a request; null is answered 401. */
export async function authenticate(request: Request): Promise<Principal | null> {
  if (request.headers.get("x-api-key") === API_KEY) return PUBLISHER;
  const cookies = (request.headers.get("cookie") ?? "").split("; ");
  return cookies.includes(SESSION) ? ADA : null;
}

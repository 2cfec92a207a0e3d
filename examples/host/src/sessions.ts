import { createHmac, timingSafeEqual } from "node:crypto";

const COOKIE = "acme_session";
const MAX_AGE_S = 12 * 60 * 60;

/** Signed-cookie sessions: enough for a demo, and they survive a restart because the key does. */
export interface Sessions {
  /** `set-cookie` value that logs this user in. */
  issue(email: string): string;
  /** `set-cookie` value that logs out. */
  clear(): string;
  /** The user's email, or null without a valid, unexpired cookie. */
  read(request: Request): string | null;
}

/**
 * Create the session port of the demo host.
 *
 * Cookies are HttpOnly and SameSite=Lax; a product would add Secure and server-side revocation.
 */
export function createSessions(key: Uint8Array, now: () => number = Date.now): Sessions {
  const mac = (text: string): Buffer => createHmac("sha256", key).update(text).digest();
  return {
    issue(email) {
      const body = Buffer.from(JSON.stringify({ email, exp: now() + MAX_AGE_S * 1000 })).toString(
        "base64url",
      );
      return `${COOKIE}=${body}.${mac(body).toString("base64url")}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${MAX_AGE_S}`;
    },
    clear: () => `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`,
    read(request) {
      const value = cookie(request, COOKIE);
      const [body, signature] = value?.split(".") ?? [];
      if (body === undefined || signature === undefined) return null;
      const given = Buffer.from(signature, "base64url");
      const expected = mac(body);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
      const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as {
        email: string;
        exp: number;
      };
      return claims.exp > now() ? claims.email : null;
    },
  };
}

function cookie(request: Request, name: string): string | undefined {
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const [key, ...rest] = part.trim().split("=");
    if (key === name) return rest.join("=");
  }
  return undefined;
}

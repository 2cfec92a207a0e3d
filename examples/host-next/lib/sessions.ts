import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Principal } from "@alga-ext/protocol";
import { findPerson } from "./people.ts";

/** Name of the session's cookie. */
export const SESSION_COOKIE = "acme_session";
const MAX_AGE_S = 12 * 60 * 60;

/**
 * The cookie's value for somebody who has logged in: email and expiry with a MAC. It holds no rights: those are looked
 * up on every request. Once read, a session ends only by expiring; a product keeps a list of those it has revoked.
 */
export function issueSession(email: string): { readonly value: string; readonly maxAge: number } {
  const claims = Buffer.from(JSON.stringify({ email, exp: Date.now() + MAX_AGE_S * 1000 })).toString(
    "base64url",
  );
  return { value: `${claims}.${toMac(claims).toString("base64url")}`, maxAge: MAX_AGE_S };
}

/** Whose session a cookie's value is; null when it is nobody's, altered or expired. */
export function readSession(value: string | undefined): Principal | null {
  const [claims, mac] = value?.split(".") ?? [];
  if (claims === undefined || mac === undefined) return null;
  const given = Buffer.from(mac, "base64url");
  const expected = toMac(claims);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const { email, exp } = JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as {
    email: string;
    exp: number;
  };
  return exp > Date.now() ? findPerson(email) : null;
}

/** The session's cookie of a plain request, as the gateway and the registry have it. */
export function sessionOf(request: Request): Principal | null {
  for (const part of (request.headers.get("cookie") ?? "").split("; ")) {
    if (part.startsWith(`${SESSION_COOKIE}=`)) return readSession(part.slice(SESSION_COOKIE.length + 1));
  }
  return null;
}

function toMac(text: string): Buffer {
  return createHmac("sha256", readFileSync(`${process.env["ALGA_DATA_DIR"]}/keys/session`))
    .update(text)
    .digest();
}

import { matchesHost } from "@alga-ext/manifest";
import { isAddressLiteral } from "./address.ts";

/** Where a permitted request goes. */
export interface EgressTarget {
  /** ASCII host name without a trailing dot. */
  readonly hostname: string;
  /** Path and query. */
  readonly path: string;
}

/** Why a request stays here, in the words of the WIT's `http-error`. */
export type TargetRefusal = "invalid-url" | "not-allowed";

/** A longer one only keeps the supervisor busy parsing; no server takes it either. */
const MAX_URL_CHARS = 16_384;

/**
 * Judge a guest's URL by its parsed form, never its text: https, port 443, no user info, a name (not an address)
 * that one of the patterns allows.
 */
export function toTarget(text: string, allowed: readonly string[]): EgressTarget | TargetRefusal {
  if (text.length > MAX_URL_CHARS) return "invalid-url";
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return "invalid-url";
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return "invalid-url";
  if (url.protocol !== "https:" || url.port !== "" || url.username !== "" || url.password !== "")
    return "not-allowed";
  const hostname = url.hostname.replace(/\.$/, "");
  if (hostname === "" || isAddressLiteral(hostname)) return "not-allowed";
  if (!allowed.some((pattern) => matchesHost(pattern, hostname))) return "not-allowed";
  return { hostname, path: `${url.pathname}${url.search}` };
}

import { matchesHost } from "@alga-ext/manifest";
import { isAddressLiteral } from "./address.ts";

/** Where a permitted request goes. */
export interface EgressTarget {
  readonly protocol: "https:" | "http:";
  /** ASCII host name without a trailing dot. */
  readonly hostname: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
}

/** Why a request stays here, in the words of the WIT's `http-error`, and what of its target could be read. */
export interface TargetRefusal {
  readonly error: "invalid-url" | "not-allowed";
  readonly hostname: string | null;
  readonly port: number | null;
}

/** Which URLs may leave. */
export interface TargetRules {
  /** Patterns as in `request.egress`: `host`, `*.host`, `host:8443`. */
  readonly allowed: readonly string[];
  /** The operator's own patterns; what they do not match stays here. Absent, they match everything. */
  readonly operatorAllowed?: readonly string[] | undefined;
  /** @default false */
  readonly allowHttp?: boolean | undefined;
}

/** A longer one only keeps the supervisor busy parsing; no server takes it either. */
const MAX_URL_CHARS = 16_384;
/** Labels that are not empty; the parser has lowered them and made them ASCII. */
const HOSTNAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
const DEFAULT_PORTS = { "https:": 443, "http:": 80 } as const;
/** Below it live services that are not the web's, whatever a manifest says. */
const FIRST_FREE_PORT = 1024;

/**
 * Judge a guest's URL by its parsed form, never its text: https (http only where the operator allows it), the scheme's
 * own port or one that a pattern names, no user info, a name (not an address) that one of the patterns allows.
 */
export function toTarget(text: string, rules: TargetRules): EgressTarget | TargetRefusal {
  const url = text.length > MAX_URL_CHARS ? null : URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    return { error: "invalid-url", hostname: null, port: null };
  const { protocol } = url;
  const hostname = url.hostname.replace(/\.$/, "");
  const port = url.port === "" ? DEFAULT_PORTS[protocol] : Number(url.port);
  const refusal: TargetRefusal = { error: "not-allowed", hostname, port };
  if (protocol === "http:" && rules.allowHttp !== true) return refusal;
  if (url.username !== "" || url.password !== "") return refusal;
  if (!HOSTNAME.test(hostname) || isAddressLiteral(hostname)) return refusal;
  const isDefault = port === DEFAULT_PORTS[protocol];
  if (!isDefault && port < FIRST_FREE_PORT) return refusal;
  const isAllowed = (pattern: string) => matchesTarget(pattern, { hostname, port, isDefault });
  if (!rules.allowed.some(isAllowed)) return refusal;
  if (rules.operatorAllowed !== undefined && !rules.operatorAllowed.some(isAllowed)) return refusal;
  return { protocol, hostname, port, path: `${url.pathname}${url.search}` };
}

function matchesTarget(
  pattern: string,
  { hostname, port, isDefault }: { hostname: string; port: number; isDefault: boolean },
): boolean {
  const [, host = "", named] = /^([^:]+)(?::(\d{1,5}))?$/.exec(pattern) ?? [];
  const isPort = named === undefined ? isDefault : Number(named) === port;
  return isPort && matchesHost(host, hostname);
}

import { hash, timingSafeEqual } from "node:crypto";
import {
  CALL_TOKEN_MAX_AGE_S,
  CALL_TOKEN_TYP,
  RUNNER_AUDIENCE,
  type CallClaims,
  type ExecuteRequest,
} from "@alga-ext/protocol";
import { LRUCache } from "lru-cache";
import { RunnerError } from "../errors.ts";
import type { ReplayCache } from "./replay-cache.ts";
import type { Sessions } from "./sessions.ts";

const CLOCK_SKEW_S = 5;
const MAX_TOKEN_CHARS = 8_192;
const TEXTS = ["iss", "sub", "tenant", "ext", "hash", "method", "path", "bh", "jti"] as const;
const NUMBERS = ["iat", "exp", "deadline"] as const;

/** Parts of a call token that passed every check but the comparison with the parsed body. */
export interface VerifiedCall {
  readonly token: string;
  readonly claims: CallClaims;
}

/** What {@link verifyCallToken} needs. */
export interface VerifyCallOptions {
  readonly sessions: Sessions;
  readonly replays: ReplayCache;
  readonly now: () => number;
}

/**
 * Check the HS256 token of one `POST /v1/execute` against the raw body.
 *
 * Verified by hand because an HMAC is all there is to it and jose's generic path costs ten times as much.
 *
 * @throws {RunnerError} `call_token_missing`, `call_token_invalid`, `call_token_unknown_key`, `call_token_expired`,
 * `call_token_replayed`
 */
export function verifyCallToken(
  authorization: string | null,
  body: Uint8Array,
  options: VerifyCallOptions,
): VerifiedCall {
  const token = /^Bearer ([A-Za-z0-9_.-]+)$/.exec(authorization ?? "")?.[1];
  if (token === undefined) throw new RunnerError("call_token_missing", "No call token.");
  const [head = "", payload = "", signature = "", ...rest] = token.split(".");
  if (token.length > MAX_TOKEN_CHARS || rest.length > 0) throw invalid("it is not a compact JWS");
  const session = options.sessions.find(kidOf(head));
  if (session === null)
    throw new RunnerError("call_token_unknown_key", "No session has this key; shake hands again.", {
      retryable: true,
    });
  const expected = session.sign(token.slice(0, head.length + 1 + payload.length));
  // Their texts are compared, not their bytes: the last character of one has bits that a decoder ignores.
  if (signature.length !== expected.length || !timingSafeEqual(ascii(signature), ascii(expected)))
    throw invalid("its signature is wrong");
  const claims = readClaims(decode(payload));
  if (claims.iss !== session.issuer) throw invalid("another gateway opened this session");
  const nowS = options.now() / 1000;
  if (claims.exp + CLOCK_SKEW_S <= nowS)
    throw new RunnerError("call_token_expired", "The call token is too old.", { retryable: true });
  if (claims.iat > nowS + CLOCK_SKEW_S || claims.exp - claims.iat > CALL_TOKEN_MAX_AGE_S)
    throw invalid("its times are impossible");
  if (claims.bh !== hash("sha256", body, "base64url")) throw invalid("the body is another one");
  if (!options.replays.use(claims.jti, (claims.exp + CLOCK_SKEW_S) * 1000)) {
    throw new RunnerError("call_token_replayed", "This call token was used before.");
  }
  return { token, claims };
}

/**
 * Check that the body speaks of the same tenant, install, version and request as the token.
 *
 * @throws {RunnerError} `context_mismatch`
 */
export function assertSameCall(claims: CallClaims, { context, http }: ExecuteRequest): void {
  const isSame =
    claims.tenant === context.tenant_id &&
    claims.ext === context.extension_id &&
    claims.sub === (context.install_id ?? "") &&
    claims.hash === context.content_hash &&
    claims.method === http.method &&
    claims.path === http.path;
  if (!isSame) {
    throw new RunnerError("context_mismatch", "The body and its token speak of different calls.");
  }
}

/** Every token of a session has the same header: each is read once. */
const kids = new LRUCache<string, string>({ max: 100 });

function kidOf(head: string): string {
  const known = kids.get(head);
  if (known !== undefined) return known;
  const { alg, typ, kid, crit } = decode(head) as Record<"alg" | "typ" | "kid" | "crit", unknown>;
  if (alg !== "HS256" || typ !== CALL_TOKEN_TYP || typeof kid !== "string" || crit !== undefined)
    throw invalid("its header is not ours");
  kids.set(head, kid);
  return kid;
}

function readClaims(value: unknown): CallClaims {
  const claims = value as Record<keyof CallClaims, unknown>;
  const complete =
    claims.aud === RUNNER_AUDIENCE &&
    TEXTS.every((name) => typeof claims[name] === "string") &&
    NUMBERS.every((name) => typeof claims[name] === "number" && Number.isFinite(claims[name]));
  if (!complete) throw invalid("it lacks a claim");
  return value as CallClaims;
}

function ascii(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

function decode(part: string): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // falls through to the refusal
  }
  throw invalid("it is not JSON");
}

function invalid(why: string): RunnerError {
  return new RunnerError("call_token_invalid", `The call token is refused: ${why}.`);
}

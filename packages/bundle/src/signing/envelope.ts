import { STATEMENT_TYP } from "@alga-ext/protocol";
import { BundleError } from "../errors.ts";
import type { SignatureAlgorithm } from "../ports.ts";

/** One signature of an envelope, its protected header already judged. */
export interface EnvelopeSignature {
  readonly alg: SignatureAlgorithm;
  readonly keyId: string;
  /** Base64url, as signed. */
  readonly protected: string;
  /** Base64url. */
  readonly signature: string;
}

/** A general-serialisation JWS, reduced to what this package understands. */
export interface Envelope {
  /** Base64url. */
  readonly payload: string;
  readonly signatures: readonly EnvelopeSignature[];
}

/** A statement with 10,000 files takes about 2 MiB. */
const MAX_TEXT = 8 * 1024 * 1024;
const MAX_SIGNATURES = 16;
const BASE64URL = /^[A-Za-z0-9_-]*$/;
const KEY_ID = /^[0-9a-f]{32}$/;

/**
 * Read general JWS JSON.
 *
 * The protected header must be exactly `{alg, kid, typ}`: a header that brings its own key (`jwk`, `jku`, `x5u`,
 * `x5c`) or asks for an extension (`crit`, `b64`) is refused, and unprotected headers are too.
 *
 * @throws {BundleError} `unsigned` or `signature_malformed`
 */
export function parseEnvelope(text: string | null): Envelope {
  if (text === null || text.trim() === "")
    throw new BundleError("unsigned", "The bundle carries no signature.");
  if (text.length > MAX_TEXT) throw malformed("it is too long");
  const { payload, signatures } = fields(parseJson(text), ["payload", "signatures"], "the envelope");
  if (!isBase64Url(payload) || !Array.isArray(signatures))
    throw malformed("payload or signatures has a wrong type");
  if (signatures.length === 0) throw new BundleError("unsigned", "The bundle carries no signature.");
  if (signatures.length > MAX_SIGNATURES) throw malformed(`it has more than ${MAX_SIGNATURES} signatures`);
  return { payload, signatures: signatures.map(parseSignature) };
}

function parseSignature(value: unknown): EnvelopeSignature {
  const entry = fields(value, ["protected", "signature"], "a signature");
  if (!isBase64Url(entry.protected) || !isBase64Url(entry.signature))
    throw malformed("a signature is not base64url");
  const header = fields(parseJson(decodeText(entry.protected)), ["alg", "kid", "typ"], "a protected header");
  if (header.alg !== "EdDSA" && header.alg !== "ES256") throw malformed("alg must be EdDSA or ES256");
  if (header.typ !== STATEMENT_TYP) throw malformed(`typ must be ${STATEMENT_TYP}`);
  if (typeof header.kid !== "string" || !KEY_ID.test(header.kid))
    throw malformed("kid must be 32 hex digits");
  return { alg: header.alg, keyId: header.kid, protected: entry.protected, signature: entry.signature };
}

/** The object's fields, when it has exactly these. */
function fields<Name extends string>(
  value: unknown,
  names: readonly Name[],
  what: string,
): Record<Name, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw malformed(`${what} is not an object`);
  const extra = Object.keys(value).filter((key) => !names.includes(key as Name));
  if (extra.length > 0) throw malformed(`${what} may not carry ${extra.slice(0, 4).join(", ")}`);
  if (!names.every((name) => Object.hasOwn(value, name)))
    throw malformed(`${what} needs ${names.join(", ")}`);
  return value as Record<Name, unknown>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BundleError("signature_malformed", "The signature is not JSON.", { cause: error });
  }
}

function decodeText(base64url: string): string {
  return new TextDecoder().decode(decodeBase64Url(base64url));
}

/** Bytes of an unpadded base64url string that was already checked. */
export function decodeBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}

function isBase64Url(value: unknown): value is string {
  return typeof value === "string" && BASE64URL.test(value) && value.length % 4 !== 1;
}

function malformed(reason: string): BundleError {
  return new BundleError("signature_malformed", `The signature is malformed: ${reason}.`);
}

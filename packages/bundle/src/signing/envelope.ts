import { STATEMENT_TYP } from "@alga-ext/protocol";
import { BundleError } from "../errors.ts";
import type { SignatureAlgorithm } from "./signature-algorithm.ts";

/** One signature of an envelope, its protected header already judged. */
export interface EnvelopeSignature {
  readonly alg: SignatureAlgorithm;
  readonly keyId: string;
  /** Base64url, as signed. */
  readonly protected: string;
  /** Base64url. */
  readonly signature: string;
  /** Certificates the signer brought, DER, leaf first: data to be judged, nothing more. */
  readonly chain: readonly Uint8Array[];
}

/** A general-serialisation JWS, reduced to what this package understands. */
export interface Envelope {
  /** Base64url. */
  readonly payload: string;
  readonly signatures: readonly EnvelopeSignature[];
}

/** `typ` of the protected header of every trust document signature. */
export const TRUST_TYP = "alga-ext-trust+json";

/** A statement with 10,000 files takes about 2 MiB. */
const MAX_TEXT = 8 * 1024 * 1024;
const MAX_SIGNATURES = 16;
const BASE64URL = /^[A-Za-z0-9_-]*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const KEY_ID = /^[0-9a-f]{32}$/;
/** More certificates than any chain may have, so that its own code says so. */
const MAX_CHAIN = 8;
const MAX_CERTIFICATE_TEXT = 24 * 1024;

/**
 * Read general JWS JSON.
 *
 * The protected header must be `{alg, kid, typ}`, and `x5c` where chains are judged. A header that names or brings a
 * key in any other way (`jwk`, `jku`, `x5u`), asks for an extension (`crit`, `b64`) or is not protected is refused.
 *
 * @param options.typ What the signatures must be about. @default STATEMENT_TYP
 * @throws {BundleError} `unsigned`, `signature_malformed`, `forbidden_header`, `unsupported_algorithm`
 */
export function parseEnvelope(text: string | null, { typ = STATEMENT_TYP }: { typ?: string } = {}): Envelope {
  if (text === null || text.trim() === "")
    throw new BundleError("unsigned", "The bundle carries no signature.");
  if (text.length > MAX_TEXT) throw malformed("it is too long");
  const { payload, signatures } = fields(parseJson(text), ["payload", "signatures"], "the envelope");
  if (!isBase64Url(payload) || !Array.isArray(signatures))
    throw malformed("payload or signatures has a wrong type");
  if (signatures.length === 0) throw new BundleError("unsigned", "The bundle carries no signature.");
  if (signatures.length > MAX_SIGNATURES) throw malformed(`it has more than ${MAX_SIGNATURES} signatures`);
  return { payload, signatures: signatures.map((one: unknown) => parseSignature(one, typ)) };
}

function parseSignature(value: unknown, typ: string): EnvelopeSignature {
  if (isObject(value) && Object.hasOwn(value, "header")) throw forbidden(["header"]);
  const entry = fields(value, ["protected", "signature"], "a signature");
  if (!isBase64Url(entry.protected) || !isBase64Url(entry.signature))
    throw malformed("a signature is not base64url");
  const { x5c, ...pinned } = readHeader(entry.protected, typ === STATEMENT_TYP);
  const header = fields(pinned, ["alg", "kid", "typ"], "a protected header");
  if (header.alg !== "EdDSA" && header.alg !== "ES256") {
    throw new BundleError("unsupported_algorithm", "A signature must be made with EdDSA or ES256.");
  }
  if (header.typ !== typ) throw malformed(`typ must be ${typ}`);
  if (typeof header.kid !== "string" || !KEY_ID.test(header.kid))
    throw malformed("kid must be 32 hex digits");
  return {
    alg: header.alg,
    keyId: header.kid,
    protected: entry.protected,
    signature: entry.signature,
    chain: x5c === undefined ? [] : parseChain(x5c),
  };
}

function readHeader(text: string, takesChain: boolean): Record<string, unknown> {
  const header = parseJson(decodeText(text));
  if (!isObject(header)) throw malformed("a protected header is not an object");
  const extra = Object.keys(header).filter(
    (name) => !["alg", "kid", "typ"].includes(name) && !(takesChain && name === "x5c"),
  );
  if (extra.length > 0) throw forbidden(extra);
  return header;
}

/** RFC 7515 §4.1.6: an array of base64 (not base64url) DER. */
function parseChain(value: unknown): Uint8Array[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CHAIN)
    throw malformed("x5c is not a list of certificates");
  return value.map((text: unknown) => {
    if (typeof text !== "string" || text.length > MAX_CERTIFICATE_TEXT || !BASE64.test(text))
      throw malformed("x5c holds what is not base64");
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  });
}

/** The object's fields, when it has exactly these. */
function fields<Name extends string>(
  value: unknown,
  names: readonly Name[],
  what: string,
): Record<Name, unknown> {
  if (!isObject(value)) throw malformed(`${what} is not an object`);
  const extra = Object.keys(value).filter((key) => !names.includes(key as Name));
  if (extra.length > 0) throw malformed(`${what} has fields it may not have`);
  if (!names.every((name) => Object.hasOwn(value, name)))
    throw malformed(`${what} needs ${names.join(", ")}`);
  return value;
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function forbidden(names: readonly string[]): BundleError {
  const shown = names.slice(0, 4).map((name) => name.slice(0, 32));
  return new BundleError("forbidden_header", "A signature's header says more than it may.", {
    details: { names: shown },
  });
}

function malformed(reason: string): BundleError {
  return new BundleError("signature_malformed", `The signature is malformed: ${reason}.`);
}

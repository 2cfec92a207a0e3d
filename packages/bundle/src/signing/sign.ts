import { STATEMENT_TYP, type SigningStatement } from "@alga-ext/protocol";
import { base64url } from "jose";
import type { BundleSigner } from "../ports.ts";
import { parseEnvelope } from "./envelope.ts";

/**
 * Sign a statement and return general JWS JSON text, to be stored beside the archive, never inside it.
 *
 * @example
 * const signatures = await sign(toStatement(bundle, { createdAt: new Date().toISOString() }), signer);
 */
export async function sign(statement: SigningStatement, signer: BundleSigner): Promise<string> {
  const payload = base64url.encode(JSON.stringify(statement));
  return JSON.stringify({ payload, signatures: [await signPayload(payload, signer)] });
}

/**
 * Add one more signature over the same statement, for policies that demand several keys.
 *
 * @throws {BundleError} `unsigned` or `signature_malformed` when the text is not an envelope
 */
export async function addSignature(signatures: string, signer: BundleSigner): Promise<string> {
  const envelope = parseEnvelope(signatures);
  const kept = envelope.signatures
    .filter((one) => one.keyId !== signer.keyId)
    .map((one) => ({ protected: one.protected, signature: one.signature }));
  return JSON.stringify({
    payload: envelope.payload,
    signatures: [...kept, await signPayload(envelope.payload, signer)],
  });
}

async function signPayload(
  payload: string,
  signer: BundleSigner,
): Promise<{ protected: string; signature: string }> {
  const header = base64url.encode(JSON.stringify({ alg: signer.alg, kid: signer.keyId, typ: STATEMENT_TYP }));
  const signature = await signer.sign(new TextEncoder().encode(`${header}.${payload}`));
  return { protected: header, signature: base64url.encode(signature) };
}

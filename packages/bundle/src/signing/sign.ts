import { STATEMENT_TYP, type SigningStatement } from "@alga-ext/protocol";
import { base64url } from "jose";
import type { BundleSigner } from "../ports.ts";
import { assertDescribes } from "./describe-bundle.ts";
import { decodeBase64Url, parseEnvelope } from "./envelope.ts";
import { parseStatement, type VerifiableBundle } from "./statement.ts";

/**
 * Sign a statement and return general JWS JSON text, to be stored beside the archive, never inside it.
 *
 * A signer with certificates puts them into the protected header as `x5c`.
 *
 * @example
 * const signatures = await sign(toStatement(bundle, { createdAt: new Date().toISOString() }), signer);
 */
export async function sign(statement: SigningStatement, signer: BundleSigner): Promise<string> {
  return await signPayload(base64url.encode(JSON.stringify(statement)), [], { signer, typ: STATEMENT_TYP });
}

/**
 * Add one more signature over the same statement, for policies that demand several keys.
 *
 * @param options.bundle What the statement must be about: nobody should sign what another one wrote down unseen.
 * @throws {BundleError} the codes of text that is no envelope of signatures; `statement_mismatch`
 */
export async function addSignature(
  signatures: string,
  signer: BundleSigner,
  options: { readonly bundle?: VerifiableBundle } = {},
): Promise<string> {
  if (options.bundle !== undefined) {
    const { payload } = parseEnvelope(signatures);
    assertDescribes(parseStatement(decodeBase64Url(payload)), options.bundle);
  }
  return await extendEnvelope(signatures, { signer, typ: STATEMENT_TYP });
}

/** Add a signature to an envelope of this type, in the place of an older one by the same key. */
export async function extendEnvelope(
  text: string,
  { signer, typ }: { readonly signer: BundleSigner; readonly typ: string },
): Promise<string> {
  const envelope = parseEnvelope(text, { typ });
  const kept = envelope.signatures
    .filter((one) => one.keyId !== signer.keyId)
    .map((one) => ({ protected: one.protected, signature: one.signature }));
  return await signPayload(envelope.payload, kept, { signer, typ });
}

/** Sign a payload, keeping these signatures. */
export async function signPayload(
  payload: string,
  kept: readonly { readonly protected: string; readonly signature: string }[],
  { signer, typ }: { readonly signer: BundleSigner; readonly typ: string },
): Promise<string> {
  const chain = typ === STATEMENT_TYP ? (signer.certificates ?? []) : [];
  const header = base64url.encode(
    JSON.stringify({
      alg: signer.alg,
      kid: signer.keyId,
      typ,
      ...(chain.length === 0 ? {} : { x5c: chain.map(toBase64) }),
    }),
  );
  const signature = await signer.sign(new TextEncoder().encode(`${header}.${payload}`));
  const signatures = [...kept, { protected: header, signature: base64url.encode(signature) }];
  return JSON.stringify({ payload, signatures });
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

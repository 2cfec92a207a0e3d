import { base64url } from "jose";
import type { BundleSigner } from "../ports.ts";
import { TRUST_TYP } from "./envelope.ts";
import { extendEnvelope, signPayload } from "./sign.ts";
import { parseJson, toObject, toTrustDocument } from "./to-trust-document.ts";

/**
 * Sign a trust document with a root key: its JSON text the first time, what came back for every further key.
 *
 * @throws {BundleError} `invalid_trust_document`, and the codes of text that is no envelope of signatures
 * @example
 * const once = await signTrustDocument(JSON.stringify(document), firstRoot);
 * const twice = await signTrustDocument(once, secondRoot);
 */
export async function signTrustDocument(text: string, signer: BundleSigner): Promise<string> {
  if (Object.hasOwn(toObject(parseJson(text), "it"), "signatures"))
    return await extendEnvelope(text, { signer, typ: TRUST_TYP });
  await toTrustDocument(text);
  return await signPayload(base64url.encode(text), [], { signer, typ: TRUST_TYP });
}

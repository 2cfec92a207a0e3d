import { createPemSigner } from "@alga-ext/bundle/node";
import type { HeadSigner } from "../ports.ts";
import { HEAD_TYP, type Head } from "./head.ts";

/**
 * What signs heads, from the option of the registry.
 *
 * @throws {BundleError} `invalid_key`
 * @throws {TypeError} for a key that is not Ed25519
 */
export async function toHeadSigner(key: string | HeadSigner | undefined): Promise<HeadSigner | null> {
  if (key === undefined) return null;
  if (typeof key !== "string") return key;
  const signer = await createPemSigner(key);
  if (signer.alg !== "EdDSA") throw new TypeError("headSigningKey must be an Ed25519 key as PKCS#8 PEM.");
  return signer;
}

/** Sign a head as a compact JWS. */
export async function signHead(head: Head, signer: HeadSigner): Promise<string> {
  const header = { alg: "EdDSA", typ: HEAD_TYP, kid: signer.keyId };
  const input = `${encode(header)}.${encode(head)}`;
  const signature = await signer.sign(new TextEncoder().encode(input));
  return `${input}.${Buffer.from(signature).toString("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

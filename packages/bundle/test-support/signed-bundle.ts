import { base64url } from "jose";
import { STATEMENT_TYP } from "@alga-ext/protocol";
import { createPemSigner } from "../src/node/create-pem-signer.ts";
import { pack } from "../src/node/pack.ts";
import { readBundle, type Bundle } from "../src/node/read-bundle.ts";
import type { BundleSigner } from "../src/ports.ts";
import { addSignature, sign } from "../src/signing/sign.ts";
import { toStatement, type VerifiableBundle } from "../src/signing/statement.ts";
import type { TestCertificate } from "../src/testing/create-test-certificate.ts";

/** When every test bundle was signed. */
export const CREATED_AT = "2026-01-02T03:04:05.678Z";

/** A small bundle of a publisher. */
export async function bundleOf(publisher: string): Promise<Bundle> {
  const manifest = { name: "agreements", publisher, version: "0.1.*", runtime: "wasm-js@1" };
  const { archive } = await pack({ "manifest.json": new TextEncoder().encode(JSON.stringify(manifest)) });
  return readBundle(archive);
}

/** A signer that sends these certificates, its own first. */
export function signerOf(...chain: readonly [TestCertificate, ...TestCertificate[]]): Promise<BundleSigner> {
  return createPemSigner(chain[0].privateKeyPem, { certificates: chain.map(({ pem }) => pem).join("") });
}

/** Signatures of all of these over one statement. */
export async function signedBy(
  bundle: VerifiableBundle,
  [first, ...others]: readonly [BundleSigner, ...BundleSigner[]],
): Promise<string> {
  let signatures = await sign(toStatement(bundle, { createdAt: CREATED_AT }), first);
  for (const signer of others) signatures = await addSignature(signatures, signer);
  return signatures;
}

/** A signature whose protected header says whatever it is told to. */
export async function signedWithHeader(
  bundle: VerifiableBundle,
  signer: BundleSigner,
  change: Readonly<Record<string, unknown>>,
): Promise<string> {
  const fields = { alg: signer.alg, kid: signer.keyId, typ: STATEMENT_TYP, ...change };
  const header = base64url.encode(JSON.stringify(fields));
  const payload = base64url.encode(JSON.stringify(toStatement(bundle, { createdAt: CREATED_AT })));
  const signature = base64url.encode(await signer.sign(new TextEncoder().encode(`${header}.${payload}`)));
  return JSON.stringify({ payload, signatures: [{ protected: header, signature }] });
}

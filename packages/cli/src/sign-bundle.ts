import { writeFile } from "node:fs/promises";
import { addSignature, sign, toStatement } from "@alga-ext/bundle";
import { createPemSigner, readBundle } from "@alga-ext/bundle/node";
import type { ContentHash } from "@alga-ext/protocol";
import { readNamedFile } from "./read-named-file.ts";

/** Options of {@link signBundle}. */
export interface SignOptions {
  /** The archive; its signatures are stored in `<file>.jws`. */
  readonly file: string;
  /** PKCS#8 PEM, Ed25519 or P-256. */
  readonly privateKeyFile: string;
  /** Add to the signatures that are there, for policies that demand several, instead of replacing them. @default false */
  readonly add?: boolean;
  /** Time in the statement. @default now */
  readonly createdAt?: Date;
}

/** What was signed. */
export interface SignResult {
  readonly signatureFile: string;
  readonly keyId: string;
  readonly contentHash: ContentHash;
}

/**
 * Sign an archive; the signatures are written beside it, never into it.
 *
 * @throws {CliError} `file_unusable`
 * @throws {BundleError} `invalid_key`, and the codes of a refused archive
 */
export async function signBundle(options: SignOptions): Promise<SignResult> {
  const bundle = await readBundle(await readNamedFile(options.file));
  const signer = await createPemSigner((await readNamedFile(options.privateKeyFile)).toString("utf8"));
  const signatureFile = `${options.file}.jws`;
  const createdAt = (options.createdAt ?? new Date()).toISOString();
  const signatures =
    options.add === true
      ? await addSignature((await readNamedFile(signatureFile)).toString("utf8"), signer)
      : await sign(toStatement(bundle, { createdAt }), signer);
  await writeFile(signatureFile, signatures);
  return { signatureFile, keyId: signer.keyId, contentHash: bundle.contentHash };
}

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
  /** X.509 chain of the key as PEM, leaf first; the signature carries it. @default none */
  readonly certificateFile?: string;
  /** Add to the signatures that are there, for policies that demand several, instead of replacing them. @default false */
  readonly add?: boolean;
  /** Time in the statement. @default now */
  readonly createdAt?: Date;
}

/** What was signed. */
export interface SignResult {
  readonly signatureFile: string;
  readonly keyId: string;
  /** Certificates the signature carries. */
  readonly certificates: number;
  readonly contentHash: ContentHash;
}

/**
 * Sign an archive; the signatures are written beside it, never into it.
 *
 * @throws {CliError} `file_unusable`
 * @throws {BundleError} `invalid_key`, also for a certificate of another key; `certificate_malformed`; the codes of a
 * refused archive; with `add` those of refused signatures, and `statement_mismatch` when they are about another archive
 */
export async function signBundle(options: SignOptions): Promise<SignResult> {
  const bundle = await readBundle(await readNamedFile(options.file));
  const text = async (path: string): Promise<string> => (await readNamedFile(path)).toString("utf8");
  const { certificateFile } = options;
  const signer = await createPemSigner(
    await text(options.privateKeyFile),
    certificateFile === undefined ? {} : { certificates: await text(certificateFile) },
  );
  const signatureFile = `${options.file}.jws`;
  const createdAt = (options.createdAt ?? new Date()).toISOString();
  const signatures =
    options.add === true
      ? await addSignature(await text(signatureFile), signer, { bundle })
      : await sign(toStatement(bundle, { createdAt }), signer);
  await writeFile(signatureFile, signatures);
  const certificates = signer.certificates?.length ?? 0;
  return { signatureFile, keyId: signer.keyId, certificates, contentHash: bundle.contentHash };
}

import {
  parseTrustBundle,
  parseTrustDocument,
  verify,
  type RefusedSignature,
  type TrustState,
  type VerifiedSigner,
} from "@alga-ext/bundle";
import { readBundle } from "@alga-ext/bundle/node";
import type { ContentHash } from "@alga-ext/protocol";
import { readNamedFile, readOptionalFile } from "./read-named-file.ts";

/** Options of {@link verifyBundle}. */
export interface VerifyBundleOptions {
  /** The archive; its signatures are read from `<file>.jws`. */
  readonly file: string;
  /** Public keys and certificates that count, PEM. */
  readonly trustFile: string;
  /** Trust document: publishers, thresholds, revocations. @default none */
  readonly policyFile?: string;
  /** When the bundle was accepted, which certificates are judged by. @default now */
  readonly acceptedAt?: Date;
}

/** Who vouches for an archive. */
export interface VerifyBundleResult {
  readonly contentHash: ContentHash;
  readonly tarDigest: ContentHash;
  readonly publisher: string;
  readonly name: string;
  readonly version: string;
  /** RFC 3339, as the signers say. */
  readonly createdAt: string;
  readonly signers: readonly VerifiedSigner[];
  /** Signatures that do not count, and why. */
  readonly refused: readonly RefusedSignature[];
  readonly trustState: TrustState;
}

/**
 * Check an archive and its signatures as a registry with this trust would.
 *
 * @throws {CliError} `file_unusable`
 * @throws {BundleError} the codes of a refused archive, signature, certificate or trust file
 */
export async function verifyBundle(options: VerifyBundleOptions): Promise<VerifyBundleResult> {
  const { file, trustFile, policyFile, acceptedAt } = options;
  const text = async (path: string): Promise<string> => (await readNamedFile(path)).toString("utf8");
  const bundle = await readBundle(await readNamedFile(file));
  const document = policyFile === undefined ? null : await parseTrustDocument(await text(policyFile));
  const trust = await parseTrustBundle(await text(trustFile), { document });
  const signatures = (await readOptionalFile(`${file}.jws`))?.toString("utf8") ?? null;
  const verified = await verify(bundle, signatures, trust, acceptedAt === undefined ? {} : { acceptedAt });
  const { statement, signers, refused, trustState } = verified;
  return {
    contentHash: bundle.contentHash,
    tarDigest: bundle.tarDigest,
    publisher: statement.publisher,
    name: statement.name,
    version: statement.version,
    createdAt: statement.createdAt,
    signers,
    refused,
    trustState,
  };
}

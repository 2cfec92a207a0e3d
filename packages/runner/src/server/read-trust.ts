import { createTrustFiles, type TrustFiles } from "@alga-ext/bundle/node";
import { CodedError } from "@alga-ext/protocol";
import type { RunnerLogger } from "../ports.ts";
import { pemOf, readNamed, textOf, type Environment } from "./environment-values.ts";

/**
 * Trust from text or files; files are read again when they change.
 *
 * @throws {TypeError}
 */
export async function readTrust(
  env: Environment,
  { allowUnsigned, logger }: { readonly allowUnsigned: boolean; readonly logger?: RunnerLogger },
): Promise<TrustFiles | null> {
  const bundle = textOf(env, "SIGNING_TRUST_BUNDLE");
  const document = textOf(env, "SIGNING_TRUST_POLICY");
  if (bundle === undefined) {
    if (allowUnsigned && document === undefined) return null;
    throw new TypeError(
      "SIGNING_TRUST_BUNDLE is missing: give public keys or certificates as PEM or a path to them.",
    );
  }
  pemOf(bundle, "SIGNING_TRUST_BUNDLE");
  if (document !== undefined && !document.trimStart().startsWith("{"))
    readNamed(document, "SIGNING_TRUST_POLICY is neither JSON nor a readable file.");
  return await createTrustFiles({
    bundle,
    ...(document === undefined ? {} : { document }),
    onRefused: (error) =>
      logger?.error("changed trust was refused; the last good one stays", {
        code: error instanceof CodedError ? error.code : "unreadable",
        error: error instanceof Error ? error.message : String(error),
      }),
  }).catch((cause: unknown) => {
    if (!(cause instanceof CodedError)) throw cause;
    const name =
      cause.code === "invalid_trust_bundle" || cause.code === "unsupported_trust_material"
        ? "BUNDLE"
        : "POLICY";
    throw new TypeError(`SIGNING_TRUST_${name} is unusable (${cause.code}): ${cause.message}`, { cause });
  });
}

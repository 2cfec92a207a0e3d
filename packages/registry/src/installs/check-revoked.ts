import { BundleError, type TrustPolicy } from "@alga-ext/bundle";
import { RegistryError } from "../errors.ts";
import { assertTrusted } from "./assert-trusted.ts";
import type { InstallContext } from "./install-context.ts";

/** Versions remembered for one trust policy. */
const MAX_KNOWN = 10_000;

/**
 * Whether the trust that holds now has revoked an installed version. Judged once per version and trust policy, so that
 * a call costs nothing until the trust changes.
 *
 * An expired trust document or a key that is no longer listed stops nothing that runs; only a revocation does.
 */
export function createRevocationCheck(
  context: Pick<InstallContext, "db" | "trust" | "allowUnsigned" | "clock">,
): (versionId: string) => Promise<boolean> {
  const judgements = new WeakMap<TrustPolicy, Map<string, Promise<boolean>>>();
  const judge = async (versionId: string): Promise<boolean> => {
    try {
      await context.db.shared((tx) => assertTrusted(tx, context, versionId, { expiredTrust: "flag" }));
      return false;
    } catch (error) {
      if (error instanceof BundleError && error.code.startsWith("revoked_")) return true;
      if (error instanceof BundleError || isUnsigned(error)) return false;
      throw error;
    }
  };
  return async (versionId) => {
    const policy = context.trust?.current;
    // Without a document nothing can be revoked.
    if (policy?.document === null || policy === undefined) return false;
    const known = judgements.get(policy) ?? new Map<string, Promise<boolean>>();
    judgements.set(policy, known);
    const before = known.get(versionId);
    if (before !== undefined) return before;
    const judgement = judge(versionId);
    const [oldest] = known.keys();
    if (known.size >= MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    known.set(versionId, judgement);
    // A database that was away once is asked again.
    judgement.catch(() => known.delete(versionId));
    return judgement;
  };
}

function isUnsigned(error: unknown): boolean {
  return error instanceof RegistryError && error.code === "signature_required";
}

import { assertAllowed, verifyStatement } from "@alga-ext/bundle";
import { toContentHash } from "@alga-ext/protocol";
import type { SharedDb, TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { InstallContext } from "./install-context.ts";

/**
 * Judge the signatures of a published version again before it is installed: revocations and an expired trust document
 * count from now, certificates as of the time the version was accepted.
 *
 * @param options.expiredTrust `flag` for what is installed already: it goes on running. @default "refuse"
 * @throws {RegistryError} `signature_required`
 * @throws {BundleError} `revoked_digest`, `revoked_publisher`, `revoked_key`, `trust_expired`, `untrusted_key`, …
 */
export async function assertTrusted(
  tx: TenantDb | SharedDb,
  context: Pick<InstallContext, "trust" | "allowUnsigned" | "clock">,
  versionId: string,
  { expiredTrust = "refuse" }: { readonly expiredTrust?: "refuse" | "flag" } = {},
): Promise<void> {
  const stored = await (tx as SharedDb)
    .selectFrom("extension_bundle as b")
    .innerJoin("extension_version as v", "v.id", "b.version_id")
    .innerJoin("extension_registry as r", "r.id", "v.registry_id")
    .select(["b.content_hash", "b.tar_digest", "b.signature", "b.created_at", "r.publisher"])
    .where("v.id", "=", versionId)
    .executeTakeFirstOrThrow();
  const trust = context.trust?.current ?? null;
  const contentHash = toContentHash(stored.content_hash);
  const times = { now: new Date(context.clock()), acceptedAt: stored.created_at, expiredTrust };
  if (trust !== null) {
    // First, for signed versions too: who revokes a publisher often takes its key away as well, and an unknown key alone
    // stops nothing that runs.
    const digests = [contentHash, toContentHash(stored.tar_digest)];
    assertAllowed(trust, { digests, publishers: [stored.publisher] }, times);
    if (stored.signature !== null) {
      await verifyStatement(contentHash, stored.signature, trust, times);
      return;
    }
  }
  if (context.allowUnsigned) return;
  throw new RegistryError("signature_required", "Nobody this registry trusts vouches for this version.");
}

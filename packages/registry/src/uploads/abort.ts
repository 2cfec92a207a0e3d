import type { Principal } from "@alga-ext/protocol";
import { requirePublish } from "../publish/require-publish.ts";
import { discard, type UploadContext } from "./stage.ts";
import { parseStagingKey } from "./staging-key.ts";

/** Answer of {@link abort} (contract §1.5). */
export interface AbortResult {
  readonly status: "deleted" | "noop";
  readonly key: string;
  readonly area: "staging" | "canonical";
}

/**
 * Throw a staged upload of the caller's tenant away. Published archives are never deleted: those are `noop`.
 *
 * @throws {RegistryError} `forbidden`.
 */
export async function abort(
  context: UploadContext,
  { key, principal }: { readonly key: string; readonly principal: Principal },
): Promise<AbortResult> {
  requirePublish(principal);
  const area = key.includes("/_staging/") ? "staging" : "canonical";
  const id = parseStagingKey(key);
  if (id === null) return { status: "noop", key, area };
  const mine = await context.db.withTenant(principal.tenantId, (tx) =>
    tx
      .selectFrom("extension_upload")
      .select("version_id")
      .where("tenant_id", "=", principal.tenantId)
      .where("id", "=", id)
      .executeTakeFirst(),
  );
  if (mine === undefined || mine.version_id !== null) return { status: "noop", key, area };
  return { status: (await discard(context, principal.tenantId, id)) ? "deleted" : "noop", key, area };
}

import type { InstallDetails } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { readVersion } from "./read-version.ts";
import type { InstallContext, InstallRef } from "./install-context.ts";
import { readInstall } from "./install-summary.ts";
import { lockInstall, type LockedInstall } from "./lock-install.ts";
import { moveInstall } from "./move-install.ts";
import { recordChange } from "./record-change.ts";

/** What {@link rollback} needs to know. */
export interface RollbackRequest extends InstallRef {
  /** Exact version that this install ran before. @default the one before the present one */
  readonly version?: string;
  /** Switch schedules off whose endpoint is gone, instead of refusing. @default false */
  readonly disableMissingSchedules?: boolean;
}

/**
 * Go back to a version that this install ran before, also one that was yanked since. Grants only shrink: what the
 * update took away is asked for again. An install that follows something is pinned, so that it stays there.
 *
 * @throws {RegistryError} `install_not_found`, `not_a_former_version`, `signature_required`, `schedule_remap_failed`
 * @throws {BundleError} when its signatures are no longer good enough
 */
export function rollback(context: InstallContext, request: RollbackRequest): Promise<InstallDetails> {
  const { tenantId, actor = "system" } = request;
  const now = new Date(context.clock());
  return context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, request);
    const { registryId } = install;
    const to = await readVersion(
      tx,
      await formerVersion(tx, { tenantId, install, version: request.version }),
    );
    const moved = await moveInstall(tx, context, {
      tenantId,
      install,
      to,
      cause: "rollback",
      disableMissingSchedules: request.disableMissingSchedules ?? false,
      actor,
      now,
    });
    const pinned = install.isPinned || install.follows !== null;
    await tx
      .updateTable("tenant_extension_install")
      .set({ is_pinned: pinned })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", install.id)
      .execute();
    await recordChange(tx, {
      tenantId,
      registryId,
      installId: install.id,
      type: "install_rolled_back",
      actor,
      payload: {
        fromVersionId: install.versionId,
        versionId: to.id,
        version: to.version,
        pinned,
        grants: { ...moved.granted },
      },
      now,
    });
    return readInstall(tx, context, { tenantId, registryId });
  });
}

async function formerVersion(
  tx: TenantDb,
  {
    tenantId,
    install,
    version,
  }: {
    readonly tenantId: string;
    readonly install: LockedInstall;
    readonly version: string | undefined;
  },
): Promise<string> {
  const row = await tx
    .selectFrom("tenant_extension_install_version as h")
    .innerJoin("extension_version as v", "v.id", "h.version_id")
    .select("h.version_id")
    .where("h.tenant_id", "=", tenantId)
    .where("h.install_id", "=", install.id)
    .where("h.version_id", "<>", install.versionId)
    .$if(version !== undefined, (query) =>
      query.where("v.version", "=", (version ?? "").replaceAll("\0", "\u{fffd}")),
    )
    .orderBy("h.seq", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row !== undefined) return row.version_id;
  throw new RegistryError("not_a_former_version", "This install has not run such a version before.", {
    details: { version: version ?? null },
  });
}

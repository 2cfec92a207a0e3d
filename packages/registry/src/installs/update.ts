import type { InstallDetails } from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";
import { pickVersion } from "../releases/pick-version.ts";
import type { InstallContext, InstallRef } from "./install-context.ts";
import { readInstall } from "./install-summary.ts";
import { lockInstall } from "./lock-install.ts";
import { moveInstall } from "./move-install.ts";
import { followedBy } from "./read-version.ts";
import { recordChange } from "./record-change.ts";

/** What {@link update} needs to know. */
export interface UpdateInstallRequest extends InstallRef {
  /**
   * Exact, `X.Y.*` or a channel; the install follows what is named here. @default the newest of what it follows, or of
   * `latest`
   */
  readonly version?: string;
  /** Switch schedules off whose endpoint is gone, instead of refusing. @default false */
  readonly disableMissingSchedules?: boolean;
}

/**
 * Put another version in place at once. The old grants stay as far as the new version still declares them; what it
 * asks for anew waits in `askedByUpdate`. Settings that no longer fit are kept, reported and not handed out.
 *
 * @throws {RegistryError} `install_not_found`, `version_not_found`, `version_yanked`, `install_pinned` unless an exact version is named,
 * `signature_required`, `schedule_remap_failed` with `missing`.
 * @throws {BundleError} when its signatures are no longer good enough: `revoked_digest`, `trust_expired`, …
 */
export function update(context: InstallContext, request: UpdateInstallRequest): Promise<InstallDetails> {
  const { tenantId, actor = "system" } = request;
  const now = new Date(context.clock());
  return context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, request, { lockExtension: true });
    const { registryId } = install;
    const wanted = request.version ?? install.follows ?? "latest";
    const follows = request.version === undefined ? install.follows : followedBy(request.version);
    if (install.isPinned && (request.version === undefined || follows !== null)) {
      throw new RegistryError(
        "install_pinned",
        "This install is pinned to its version. Name an exact version, or unpin it first.",
      );
    }
    const version = await pickVersion(tx, {
      registryId,
      wanted,
      installedVersionId: install.versionId,
    });
    const isMoved = version.id !== install.versionId;
    if (!isMoved && follows === install.follows) return readInstall(tx, context, { tenantId, registryId });
    await tx
      .updateTable("tenant_extension_install")
      .set({ follows })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", install.id)
      .execute();
    const moved = isMoved
      ? await moveInstall(tx, context, {
          tenantId,
          install,
          to: version,
          cause: "update",
          disableMissingSchedules: request.disableMissingSchedules ?? false,
          actor,
          now,
        })
      : null;
    await recordChange(tx, {
      tenantId,
      registryId,
      installId: install.id,
      type: "install_updated",
      actor,
      payload: {
        fromVersionId: install.versionId,
        versionId: version.id,
        version: version.version,
        follows,
        ...(moved === null
          ? {}
          : { grants: { ...moved.granted }, asked: moved.asked.map(({ name }) => name) }),
      },
      now,
    });
    return readInstall(tx, context, { tenantId, registryId });
  });
}

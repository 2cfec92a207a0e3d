import { consentItems, diffManifests, type Manifest } from "@alga-ext/manifest";
import type { Grants } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import type { AskedConsent } from "../db/tables/installs.ts";
import { RegistryError } from "../errors.ts";
import { declareForInstall } from "../events/declare-for-install.ts";
import type { PickedVersion } from "../releases/pick-version.ts";
import { tryManifest } from "../publish/manifest-reader.ts";
import { fitSettings } from "../settings/fit-settings.ts";
import { writeConfig } from "../settings/write-config.ts";
import { assertTrusted } from "./assert-trusted.ts";
import { readVersion } from "./read-version.ts";
import type { InstallContext } from "./install-context.ts";
import { limitGrants } from "./limit-grants.ts";
import type { LockedInstall } from "./lock-install.ts";
import { writeHistory } from "./write-history.ts";

/** Which version an install goes to. */
export interface InstallMove {
  readonly tenantId: string;
  readonly install: LockedInstall;
  readonly to: PickedVersion;
  readonly cause: "update" | "rollback" | "restore";
  /** @default those of the install */
  readonly grants?: Grants;
  readonly disableMissingSchedules: boolean;
  readonly actor: string;
  readonly now: Date;
}

/** What a move did, for the release log. */
export interface MovedInstall {
  readonly granted: Grants;
  readonly asked: readonly AskedConsent[];
}

/**
 * Put another version in place of the present one, in the caller's transaction and under its lock: same grants as far
 * as it declares them, what it asks for anew noted, schedules and settings carried over as far as they fit.
 *
 * @throws {RegistryError} `signature_required`, `schedule_remap_failed`
 * @throws {BundleError} when its signatures are no longer good enough
 */
export async function moveInstall(
  tx: TenantDb,
  context: InstallContext,
  move: InstallMove,
): Promise<MovedInstall> {
  const { tenantId, install, to, cause, actor, now } = move;
  await assertTrusted(tx, context, to.id);
  const from = await readVersion(tx, install.versionId);
  const after = context.readManifest({ versionId: to.id, manifest: to.manifest });
  const before = tryManifest(context.readManifest, { versionId: from.id, manifest: from.manifest });
  const granted = limitGrants(
    to,
    move.grants ?? { capabilities: install.grantedCapabilities, egress: install.grantedEgress },
  );
  const asked = askedAfter({ install, before, after, granted, isAnswered: move.grants !== undefined });
  const missing = await context.remapSchedules(tx, {
    tenantId,
    installId: install.id,
    versionId: to.id,
    disableMissing: move.disableMissingSchedules,
    now,
  });
  if (missing.length > 0 && !move.disableMissingSchedules) {
    throw new RegistryError(
      "schedule_remap_failed",
      "Some schedules call endpoints that this version does not have. Nothing was changed: remove them, or ask to have them switched off.",
      { details: { missing: missing.map((one) => ({ ...one })) } },
    );
  }
  await tx
    .updateTable("tenant_extension_install")
    .set({
      version_id: to.id,
      granted_caps: JSON.stringify(granted.capabilities),
      granted_egress: JSON.stringify(granted.egress),
      asked_consent: JSON.stringify(asked),
    })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", install.id)
    .execute();
  const { config } = fitSettings(after, install.settings, []);
  await writeConfig(tx, { tenantId, installId: install.id, config, now });
  await declareForInstall(tx, { tenantId, installId: install.id, manifest: after, now });
  await writeHistory(tx, {
    tenantId,
    installId: install.id,
    registryId: install.registryId,
    versionId: to.id,
    cause,
    actor,
    now,
  });
  return { granted, asked };
}

/** What stays open from earlier updates, and what this one asks for, as far as it is not granted anyway. */
function askedAfter({
  install,
  before,
  after,
  granted,
  isAnswered,
}: {
  readonly install: LockedInstall;
  /** An error when today's parser refuses it: then all that is asked for counts as new. */
  readonly before: Manifest | RegistryError;
  readonly after: Manifest;
  readonly granted: Grants;
  readonly isAnswered: boolean;
}): AskedConsent[] {
  if (isAnswered) return [];
  const names = new Map<string, AskedConsent>();
  const newly = before instanceof RegistryError ? consentItems(after) : diffManifests(before, after).consent;
  for (const { kind, name } of [...install.askedConsent, ...newly]) {
    const isGranted = granted[kind === "capability" ? "capabilities" : "egress"].includes(name);
    const isDeclared =
      kind === "capability"
        ? after.capabilities.includes(name)
        : after.egress.some(({ host }) => host === name);
    if (isDeclared && !isGranted) names.set(`${kind} ${name}`, { kind, name });
  }
  return [...names.values()];
}

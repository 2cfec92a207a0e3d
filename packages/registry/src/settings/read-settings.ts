import type { SettingsSchema } from "@alga-ext/manifest";
import type { SettingProblem } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import type { LockedInstall } from "../installs/lock-install.ts";
import { readVersion } from "../installs/read-version.ts";
import type { ReadManifest } from "../publish/manifest-reader.ts";
import { fitSettings, settingsSchema, type SettingValues } from "./fit-settings.ts";

/** The settings of one install. */
export interface InstallSettings {
  /** What the installed version describes; one that describes nothing takes up to 100 texts by any name. */
  readonly schema: SettingsSchema;
  /** As set, also those that the installed version does not understand; no secrets. */
  readonly values: SettingValues;
  /** What the extension gets: values that fit, and defaults. */
  readonly config: SettingValues;
  /** Secrets that are stored; their values leave only for the runner. */
  readonly secretNames: readonly string[];
  /** Empty when everything is there and fits. */
  readonly problems: readonly SettingProblem[];
}

/** Read the settings of an install that the caller has found. */
export async function readSettings(
  tx: TenantDb,
  { readManifest }: { readonly readManifest: ReadManifest },
  { tenantId, install }: { readonly tenantId: string; readonly install: LockedInstall },
): Promise<InstallSettings> {
  const { id, manifest: text } = await readVersion(tx, install.versionId);
  const manifest = readManifest({ versionId: id, manifest: text });
  const rows = await tx
    .selectFrom("tenant_extension_install_secrets")
    .select("name")
    .where("tenant_id", "=", tenantId)
    .where("install_id", "=", install.id)
    .orderBy("name")
    .execute();
  const secretNames = rows.map(({ name }) => name);
  const { config, problems } = fitSettings(manifest, install.settings, secretNames);
  return { schema: settingsSchema(manifest), values: install.settings, config, secretNames, problems };
}

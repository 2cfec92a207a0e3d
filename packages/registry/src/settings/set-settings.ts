import type { SettingsSchema } from "@alga-ext/manifest";
import type { JsonValue, SettingProblem } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { InstallContext, InstallRef } from "../installs/install-context.ts";
import { lockInstall, type LockedInstall } from "../installs/lock-install.ts";
import { readVersion } from "../installs/read-version.ts";
import { recordChange } from "../installs/record-change.ts";
import {
  fitSettings,
  isSecretSetting,
  isWithin,
  judgeSetting,
  pointerTo,
  type SettingValues,
} from "./fit-settings.ts";
import { assertSize, parseValues } from "./parse-values.ts";
import { readSettings, type InstallSettings } from "./read-settings.ts";
import { writeConfig } from "./write-config.ts";

/** What {@link setSettings} stores. */
export interface SetSettingsRequest extends InstallRef {
  /** New values by name: they merge over the old ones, null resets one. Secret settings are stored encrypted. */
  readonly values: Readonly<Record<string, JsonValue>>;
}

/** Stores secrets, and whatever `alongside` writes, in one transaction. */
export type StoreSecrets = (
  request: InstallRef & { readonly secrets: Readonly<Record<string, string | null>> },
  alongside: (tx: TenantDb) => Promise<void>,
) => Promise<void>;

/** What {@link setSettings} works with. */
export type SettingsContext = Pick<InstallContext, "db" | "clock" | "readManifest"> & {
  readonly storeSecrets: StoreSecrets;
};

/**
 * Change settings of an install, all of them or none. What is still missing afterwards is reported, not refused, so
 * that a form can be filled in piece by piece.
 *
 * @throws {RegistryError} `install_not_found`; `invalid_settings` with `problems`, each with code, pointer and message;
 * `invalid_request`; `settings_outdated` when the install changed its version meanwhile.
 */
export async function setSettings(
  context: SettingsContext,
  request: SetSettingsRequest,
): Promise<InstallSettings> {
  const { tenantId } = request;
  const values = parseValues(request.values);
  const now = new Date(context.clock());
  const { versionId, schema } = await context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, request);
    const { schema: found } = await readSettings(tx, context, { tenantId, install });
    return { versionId: install.versionId, schema: found };
  });
  const secrets = secretsAmong(schema, values);
  const store = async (tx: TenantDb): Promise<void> => {
    const install = await lockInstall(tx, request);
    if (install.versionId !== versionId) {
      throw new RegistryError(
        "settings_outdated",
        "The extension was updated meanwhile, and its settings may differ. Read them again.",
      );
    }
    const open = new Map([...values].filter(([name]) => !Object.hasOwn(secrets, name)));
    if (open.size > 0) await storeOpen(tx, context, { request, install, open, now });
  };
  if (Object.keys(secrets).length === 0) await context.db.withTenant(tenantId, store);
  else await context.storeSecrets({ ...request, secrets }, store);
  return context.db.withTenant(tenantId, async (tx) =>
    readSettings(tx, context, { tenantId, install: await lockInstall(tx, request) }),
  );
}

async function storeOpen(
  tx: TenantDb,
  context: SettingsContext,
  change: {
    readonly request: SetSettingsRequest;
    readonly install: LockedInstall;
    readonly open: ReadonlyMap<string, JsonValue>;
    readonly now: Date;
  },
): Promise<void> {
  const { request, install, open, now } = change;
  const { tenantId, actor = "system" } = request;
  const { id, manifest: text } = await readVersion(tx, install.versionId);
  const merged = new Map([...Object.entries(install.settings), ...open]);
  for (const [name, value] of open) if (value === null) merged.delete(name);
  const settings: SettingValues = Object.fromEntries(merged);
  assertSize(settings);
  const manifest = context.readManifest({ versionId: id, manifest: text });
  const { config, problems } = fitSettings(manifest, settings, []);
  refuse(problems.filter(({ pointer }) => pointer === "" || isAbout(pointer, open)));
  await tx
    .updateTable("tenant_extension_install")
    .set({ settings: JSON.stringify(settings) })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", install.id)
    .execute();
  await writeConfig(tx, { tenantId, installId: install.id, config, now });
  await recordChange(tx, {
    tenantId,
    registryId: install.registryId,
    installId: install.id,
    type: "settings_changed",
    actor,
    // Values are the tenant's own business; the log says which.
    payload: { names: [...open.keys()] },
    now,
  });
}

/** Whether a problem is about something that was given now, and not only left out. */
function isAbout(pointer: string, given: ReadonlyMap<string, JsonValue>): boolean {
  return [...given].some(([name, value]) => value !== null && isWithin(pointer, pointerTo(name)));
}

function secretsAmong(
  schema: SettingsSchema,
  values: ReadonlyMap<string, JsonValue>,
): Record<string, string | null> {
  const problems: SettingProblem[] = [];
  const secrets = new Map<string, string | null>();
  for (const [name, value] of values) {
    if (!isSecretSetting(schema, name)) continue;
    if (value === null || typeof value === "string") secrets.set(name, value);
    else problems.push({ code: "wrong_type", pointer: pointerTo(name), message: "A secret is text." });
    // Skipped when it is stored, so that a form may send the field it left empty.
    if (typeof value === "string" && value !== "") problems.push(...judgeSetting(schema, name, value));
  }
  refuse(problems);
  return Object.fromEntries(secrets);
}

function refuse(problems: readonly SettingProblem[]): void {
  if (problems.length === 0) return;
  throw new RegistryError("invalid_settings", "Some settings do not fit. Nothing was changed.", {
    details: { problems: problems.map(({ code, pointer, message }) => ({ code, pointer, message })) },
  });
}

import { lockInstall } from "../installs/lock-install.ts";
import { readSettings, type InstallSettings } from "./read-settings.ts";
import { setSettings, type SetSettingsRequest, type SettingsContext } from "./set-settings.ts";

/** What administrators fill in for an install. */
export interface Settings {
  /**
   * Schema, values and what is wrong with them.
   *
   * @throws {RegistryError} `install_not_found`, `manifest_unreadable`
   */
  get(query: { readonly tenantId: string; readonly registryId: string }): Promise<InstallSettings>;
  /** Change some; see {@link SetSettingsRequest}. @throws {RegistryError} `install_not_found`, `invalid_settings`, … */
  set(request: SetSettingsRequest): Promise<InstallSettings>;
}

/** The settings verbs of a registry. */
export function createSettings(context: SettingsContext): Settings {
  return Object.freeze<Settings>({
    get: (query) =>
      context.db.withTenant(query.tenantId, async (tx) =>
        readSettings(tx, context, { tenantId: query.tenantId, install: await lockInstall(tx, query) }),
      ),
    set: (request) => setSettings(context, request),
  });
}

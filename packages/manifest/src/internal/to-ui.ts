import type { ManifestHooks, ManifestUi } from "../manifest.ts";
import type { UiSource } from "../types.generated.ts";
import { checkKeys } from "./check-keys.ts";
import { toBundlePath } from "./to-bundle-path.ts";
import type { WarningList } from "./warning-list.ts";

/** The page in its one spelling: entry without leading slash, menu labels trimmed, other hooks untouched. */
export function toUi(source: UiSource, warnings: WarningList): ManifestUi {
  checkKeys(source, { scope: "ui", path: ["ui"] }, warnings);
  const entry = toBundlePath(source.entry);
  if (entry !== source.entry) warnings.add("normalized", ["ui", "entry"], `Read as ${entry}.`, entry);
  const { appMenu, clientPortalMenu, ...others } = source.hooks ?? {};
  const hooks = {
    ...others,
    ...(appMenu === undefined ? {} : { appMenu: { label: appMenu.label.trim() } }),
    ...(clientPortalMenu === undefined ? {} : { clientPortalMenu: { label: clientPortalMenu.label.trim() } }),
  } as ManifestHooks;
  return { type: source.type, entry, hooks };
}

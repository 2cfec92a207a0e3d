import type { ManifestHooks, ManifestMenu, ManifestModal, ManifestUi, ManifestView } from "../manifest.ts";
import { KNOWN_KEYS, type KeyScope } from "../keys.generated.ts";
import type { HooksSource, MenuSource, ModalSource, TabSource, UiSource } from "../types.generated.ts";
import { checkKeys } from "./check-keys.ts";
import { describe } from "./describe.ts";
import type { Findings } from "./findings.ts";
import { suggest } from "./suggest.ts";
import { toBundlePath, toRoutePath } from "./to-bundle-path.ts";
import type { JsonPath } from "./to-pointer.ts";

/** The page in its one spelling: entry without leading slash, labels trimmed, hooks of the host untouched. */
export function toUi(source: UiSource, findings: Findings): ManifestUi {
  checkKeys(source, { scope: "ui", path: ["ui"] }, findings);
  const entry = toBundlePath(source.entry);
  if (entry !== source.entry) {
    findings.warn("normalized", ["ui", "entry"], `This is read as ${entry}. Write it that way.`, entry);
  }
  return { type: source.type, entry, hooks: toHooks(source.hooks ?? {}, findings) };
}

function toHooks(source: HooksSource, findings: Findings): ManifestHooks {
  const hooks: Record<string, ManifestHooks[string]> = {};
  for (const key of Object.keys(source)) {
    if (!KNOWN_KEYS.hooks.includes(key)) {
      // Not assigned: a key `__proto__` stays an ordinary key.
      Object.defineProperty(hooks, key, {
        value: source[key],
        enumerable: true,
        writable: true,
        configurable: true,
      });
      warnMisspelt(key, findings);
    }
  }
  const { appMenu, clientPortalMenu, tabs, panels, modals } = source;
  if (appMenu !== undefined) hooks["appMenu"] = toMenu("appMenu", appMenu, findings);
  if (clientPortalMenu !== undefined) {
    hooks["clientPortalMenu"] = toMenu("clientPortalMenu", clientPortalMenu, findings);
  }
  const views = { findings, hook: "tabs", scope: "tab" } as const;
  if (tabs !== undefined) hooks["tabs"] = toViews(tabs, views, toView);
  if (panels !== undefined)
    hooks["panels"] = toViews(panels, { ...views, hook: "panels", scope: "panel" }, toView);
  if (modals !== undefined)
    hooks["modals"] = toViews(modals, { ...views, hook: "modals", scope: "modal" }, toModal);
  return hooks;
}

function warnMisspelt(key: string, findings: Findings): void {
  if (findings.isFull) return;
  const meant = suggest(key, KNOWN_KEYS.hooks);
  if (meant === null) return;
  const message = `${describe(key)} is handed to the host, which may not know it. Did you mean "${meant}"?`;
  findings.warn("unknown_hook", ["ui", "hooks", key], message, meant);
}

function toMenu(hook: string, menu: MenuSource, findings: Findings): ManifestMenu {
  checkKeys(menu, { scope: "menu", path: ["ui", "hooks", hook] }, findings);
  return { label: menu.label.trim() };
}

function toViews<Source extends { readonly id: string }, View>(
  sources: readonly Source[],
  at: { readonly findings: Findings; readonly hook: string; readonly scope: KeyScope },
  convert: (source: Source) => View,
): View[] {
  const { findings, hook, scope } = at;
  const seen = new Set<string>();
  const views: View[] = [];
  sources.forEach((source, index) => {
    const path: JsonPath = ["ui", "hooks", hook, index];
    checkKeys(source, { scope, path }, findings);
    if (seen.has(source.id)) {
      findings.refuse("duplicate_view", [...path, "id"], { value: describe(source.id) });
    }
    seen.add(source.id);
    views.push(convert(source));
  });
  return views;
}

function toView({ id, label, target, path = "/" }: TabSource): ManifestView {
  return { id, label: label.trim(), target, path: toRoutePath(path) };
}

function toModal({ id, label, path = "/", size = "medium" }: ModalSource): ManifestModal {
  return { id, label: label.trim(), path: toRoutePath(path), size };
}

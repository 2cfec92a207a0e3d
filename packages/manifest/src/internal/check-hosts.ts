import type { SettingsSchema } from "../json-schema.ts";
import type { EgressSource } from "../types.generated.ts";
import { describe } from "./describe.ts";
import type { Findings } from "./findings.ts";
import { suggest } from "./suggest.ts";

/** Refuse hosts that name a setting which is not there, or which must not become part of a host name. */
export function checkHosts(
  sources: readonly EgressSource[],
  settings: SettingsSchema | null,
  findings: Findings,
): void {
  const declared = settings?.properties ?? {};
  sources.forEach(({ host }, index) => {
    for (const [, name = ""] of host.matchAll(/\{(.+?)\}/g)) {
      const path = ["egress", index, "host"];
      const setting = Object.hasOwn(declared, name) ? declared[name] : undefined;
      if (setting === undefined) {
        const meant = suggest(name, Object.keys(declared));
        findings.refuse("unknown_setting", path, { value: describe(name) }, meant);
      } else if (setting.type !== "string" || setting.secret === true) {
        findings.refuse("setting_not_text", path, { value: describe(name) });
      }
    }
  });
}

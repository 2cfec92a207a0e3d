import { CAPABILITIES, normalizeCapability } from "../capabilities.ts";
import { suggest } from "./suggest.ts";
import type { WarningList } from "./warning-list.ts";

/** Sort declared capability names into known ones, in their one spelling, and unknown ones. */
export function toCapabilities(
  declared: readonly string[],
  warnings: WarningList,
): { capabilities: string[]; unknownCapabilities: string[] } {
  const known = new Set<string>();
  const unknown = new Set<string>();
  for (const [index, written] of declared.entries()) {
    const path = ["capabilities", index];
    const name = normalizeCapability(written);
    if (name === null) {
      unknown.add(written.trim());
      warnUnknown(written, path, warnings);
    } else if (known.has(name)) warnings.add("duplicate", path, `${name} is declared already.`);
    else {
      known.add(name);
      if (name !== written) warnings.add("normalized", path, `Read as ${name}.`, name);
    }
  }
  return { capabilities: [...known], unknownCapabilities: [...unknown] };
}

function warnUnknown(written: string, path: readonly (string | number)[], warnings: WarningList): void {
  if (warnings.isFull) return;
  const bare = written.trim().replace(/^cap:/i, "");
  const names = CAPABILITIES.map(({ name }) => name);
  const meant = suggest(
    bare,
    names.map((name) => name.slice("cap:".length)),
  );
  const suggestion = meant === null ? null : `cap:${meant}`;
  const hint = suggestion === null ? "" : ` Did you mean ${suggestion}?`;
  warnings.add(
    "unknown_capability",
    path,
    `"${written.trim().slice(0, 80)}" is not a known capability and is never granted.${hint}`,
    suggestion,
  );
}

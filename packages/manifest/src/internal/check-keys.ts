import { IGNORED_KEYS, KNOWN_KEYS, type KeyScope } from "../keys.generated.ts";
import { suggest } from "./suggest.ts";
import type { WarningList } from "./warning-list.ts";

/** Warn about keys of one object that have no effect. */
export function checkKeys(
  value: object,
  at: { scope: KeyScope; path: readonly (string | number)[] },
  warnings: WarningList,
): void {
  const known = KNOWN_KEYS[at.scope];
  const ignored = IGNORED_KEYS[at.scope];
  for (const key of Object.keys(value)) {
    if (warnings.isFull) return;
    if (known.includes(key)) continue;
    const path = [...at.path, key];
    if (Object.hasOwn(ignored, key)) {
      warnings.add("ignored_key", path, `"${key}" has no effect. ${ignored[key] ?? ""}`.trim());
      continue;
    }
    const meant = suggest(key, known);
    const hint = meant === null ? "" : ` Did you mean "${meant}"?`;
    warnings.add("unknown_key", path, `"${key.slice(0, 80)}" is not a known key.${hint}`, meant);
  }
}

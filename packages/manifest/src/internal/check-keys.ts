import { IGNORED_KEYS, KNOWN_KEYS, type KeyScope } from "../keys.generated.ts";
import { describe } from "./describe.ts";
import type { Findings } from "./findings.ts";
import { suggest } from "./suggest.ts";
import type { JsonPath } from "./to-pointer.ts";

const KNOWN: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(KNOWN_KEYS).map(([scope, keys]) => [scope, new Set(keys)]),
);

/** Warn about keys of one object that have no effect. */
export function checkKeys(
  value: object,
  at: { readonly scope: KeyScope; readonly path: JsonPath },
  findings: Findings,
): void {
  const known = KNOWN.get(at.scope);
  for (const key of Object.keys(value)) {
    if (known?.has(key) === true) continue;
    if (findings.isFull) return;
    const reason = IGNORED_KEYS[at.scope];
    const path = [...at.path, key];
    if (Object.hasOwn(reason, key)) {
      findings.warn("no_effect", path, `"${key}" has no effect. ${reason[key] ?? ""}`.trim());
      continue;
    }
    const meant = suggest(key, KNOWN_KEYS[at.scope]);
    const hint = meant === null ? "" : ` Did you mean "${meant}"?`;
    findings.warn(
      "unknown_key",
      path,
      `${describe(key)} is not a known key here, so it has no effect.${hint}`,
      meant,
    );
  }
}

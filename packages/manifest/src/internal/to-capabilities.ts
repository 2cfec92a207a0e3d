import type { Catalogue } from "../ports.ts";
import { describe } from "./describe.ts";
import type { Findings } from "./findings.ts";
import { suggest } from "./suggest.ts";
import type { JsonPath } from "./to-pointer.ts";

/** Sort declared capability names into known ones, in their one spelling, and unknown ones. */
export function toCapabilities(
  declared: readonly string[],
  catalogue: Catalogue,
  findings: Findings,
): { capabilities: string[]; unknownCapabilities: string[] } {
  const known = new Set<string>();
  const unknown = new Set<string>();
  // forEach, here and in every list below, leaves out what was refused and keeps the others' places.
  declared.forEach((written, index) => {
    const path = ["capabilities", index];
    const name = catalogue.normalize(written);
    if (name === null) {
      unknown.add(written.trim());
      if (!findings.isFull) warnUnknown(written, path, { catalogue, findings });
    } else if (known.has(name)) {
      findings.warn("duplicate", path, `${name} is declared already. Remove one of them.`);
    } else {
      known.add(name);
      if (name !== written)
        findings.warn("normalized", path, `This is read as ${name}. Write it that way.`, name);
    }
  });
  return { capabilities: [...known], unknownCapabilities: [...unknown] };
}

function warnUnknown(
  written: string,
  path: JsonPath,
  { catalogue, findings }: { readonly catalogue: Catalogue; readonly findings: Findings },
): void {
  const bare = catalogue.capabilities.map(({ name }) => name.slice("cap:".length));
  const meant = suggest(written.trim().replace(/^cap:/i, ""), bare);
  const suggestion = meant === null ? null : `cap:${meant}`;
  const hint = suggestion === null ? "" : ` Did you mean ${suggestion}?`;
  findings.warn(
    "unknown_capability",
    path,
    `There is no capability ${describe(written.trim())}, so it is never granted.${hint}`,
    suggestion,
  );
}

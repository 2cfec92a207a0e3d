import type { JsonValue } from "@alga-ext/protocol";

/** Problems of a manifest as `[{path: "api.endpoints[0].path", message}]`; `$` is the root (contract §1.5). */
export function toManifestIssues({ problems }: { readonly problems?: JsonValue }): JsonValue[] {
  if (!Array.isArray(problems)) return [];
  return (problems as { pointer: string; message: string }[]).map(({ pointer, message }) => ({
    path: toPath(pointer),
    message,
  }));
}

function toPath(pointer: string): string {
  if (pointer === "") return "$";
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join("");
}

import type { JsonValue } from "@alga-ext/protocol";

type Members = Record<string, unknown>;

/** What stands in for required values that were refused; no sentence ever names one. */
const STAND_INS: Readonly<Record<string, () => unknown>> = {
  "/name": () => "x",
  "/publisher": () => "x",
  "/version": () => "0.0.0",
  "/runtime": () => "wasm-js@1",
  "/ui/type": () => "iframe",
  "/ui/entry": () => "ui/index.html",
  "/api/endpoints": () => [],
};
/** Objects that keep their other members when one is refused. */
const OPEN = new Set(["links", "ui", "hooks", "api"]);

/**
 * A copy of a refused source without the parts that were refused, so that the rest can be checked as well.
 *
 * Refused list items leave holes: the others keep their places.
 *
 * @returns also the names of the top-level parts that are no longer complete; null when nothing is left to check.
 */
export function prune(
  source: JsonValue,
  pointers: readonly string[],
): { value: { [key: string]: JsonValue }; incomplete: ReadonlySet<string> } | null {
  if (typeof source !== "object" || source === null || Array.isArray(source)) return null;
  const value = structuredClone(source) as Members;
  const incomplete = new Set<string>();
  for (const pointer of pointers) {
    const path = pointer
      .split("/")
      .slice(1)
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    const [top = ""] = path;
    incomplete.add(top);
    const standIn = STAND_INS[pointer];
    if (standIn === undefined) remove(value, path);
    else if (path.length === 1) value[top] = standIn();
    else if (typeof value[top] === "object" && value[top] !== null)
      (value[top] as Members)[path[1] ?? ""] = standIn();
  }
  return { value: value as { [key: string]: JsonValue }, incomplete };
}

function remove(root: Members, path: readonly string[]): void {
  let holder: Members = root;
  for (const [depth, key] of path.entries()) {
    const member = holder[key];
    const isInner = depth < path.length - 1 && typeof member === "object" && member !== null;
    if (!isInner || !(Array.isArray(member) || OPEN.has(key))) {
      delete holder[key];
      return;
    }
    holder = member as Members;
  }
}

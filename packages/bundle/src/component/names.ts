import { BundleError } from "../errors.ts";

/** Transpilers paste these names into JavaScript without escaping, so no quote, backslash or line end may pass. */
const CORE_NAME = /^[A-Za-z0-9_.:\-/@[\]$|#]{0,200}$/;
/** Kebab names, interface names with a plain semantic version, `[method]a.b`; no URLs, hashes or build metadata. */
const COMPONENT_NAME = /^[A-Za-z0-9[\]\-.:/@]{1,200}$/;

/**
 * Refuse a core import or export name that could leave its place in generated text.
 *
 * @throws {BundleError} `bad_core_name`
 */
export function assertCoreName(name: string, kind: "import" | "export"): void {
  if (CORE_NAME.test(name) && (kind === "import" || name !== "")) return;
  throw new BundleError(
    "bad_core_name",
    `A core ${kind} name has characters that are not allowed, or a bad length.`,
    {
      details: { kind, name: printable(name) },
    },
  );
}

/**
 * Refuse a component-level name outside the kebab-case and interface-name grammar.
 *
 * @throws {BundleError} `bad_component_name`
 */
export function assertComponentName(name: string): void {
  if (COMPONENT_NAME.test(name)) return;
  throw new BundleError(
    "bad_component_name",
    "A component name has characters that are not allowed, or a bad length.",
    {
      details: { name: printable(name) },
    },
  );
}

/** Safe to log: ASCII only, short. */
function printable(name: string): string {
  return name.slice(0, 80).replaceAll(/[^\x20-\x7e]/g, "?");
}

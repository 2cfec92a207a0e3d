import type { JsonValue } from "@alga-ext/protocol";
import { ManifestError } from "./errors.ts";
import { locateJson, type JsonLayout } from "./internal/locate-json.ts";
import { toJson } from "./internal/to-json.ts";
import { toManifest } from "./internal/to-manifest.ts";
import { toLineAndColumn, toPlace } from "./internal/to-place.ts";
import { toProblem } from "./internal/to-problem.ts";
import { WarningList } from "./internal/warning-list.ts";
import type { ManifestProblem, ParsedManifest } from "./manifest.ts";
import type { ManifestSource } from "./types.generated.ts";
import { validateSource } from "./validate.generated.ts";

/** Longest manifest text, in UTF-16 code units. */
const MAX_TEXT_LENGTH = 262_144;
const MAX_PROBLEMS = 100;

/**
 * Read a manifest liberally into its one strict form.
 *
 * @param input JSON text (then problems and warnings carry line and column), or an already parsed value.
 * @throws {ManifestError} `invalid_manifest`, with every problem in `details.problems`.
 * @example
 * const { manifest, warnings } = parseManifest(await readFile("manifest.json", "utf8"));
 */
export function parseManifest(input: unknown): ParsedManifest {
  const text = typeof input === "string" ? input.replace(/^\uFEFF/, "") : null;
  const layout = text === null ? null : scan(text);
  const locate = <Item extends { readonly pointer: string }>(item: Item): Item =>
    text === null || layout === null ? item : { ...item, ...toPlace(text, layout, item.pointer) };

  const { value, problems } = readJson(text ?? input);
  if (problems.length === 0 && !validateSource(value)) {
    problems.push(...(validateSource.errors ?? []).slice(0, MAX_PROBLEMS).map(toProblem));
  }
  if (problems.length > 0) throw refusal(problems.slice(0, MAX_PROBLEMS).map(locate));

  const warnings = new WarningList();
  for (const pointer of layout?.duplicates ?? []) {
    warnings.addAt("duplicate_key", pointer, "The key stood in this object before; the last one counts.");
  }
  const manifest = toManifest(value as ManifestSource, value as { [key: string]: JsonValue }, warnings);
  return { manifest, warnings: warnings.items.map(locate) };
}

function scan(text: string): JsonLayout {
  if (text.length > MAX_TEXT_LENGTH) {
    throw refusal([{ pointer: "", message: `is longer than ${MAX_TEXT_LENGTH} characters` }]);
  }
  const layout = locateJson(text);
  if (layout.errorOffset !== null) {
    const found = JSON.stringify(text.slice(layout.errorOffset, layout.errorOffset + 12));
    const message = found === '""' ? "ends before its JSON is complete" : `is not JSON here: ${found}`;
    throw refusal([{ pointer: "", message, ...toLineAndColumn(text, layout.errorOffset) }]);
  }
  return layout;
}

// Getters and proxies of a value that was never JSON may throw anything.
function readJson(input: unknown): { value: JsonValue; problems: ManifestProblem[] } {
  try {
    return toJson(typeof input === "string" ? JSON.parse(input) : input);
  } catch (cause) {
    throw refusal([{ pointer: "", message: "cannot be read as JSON" }], cause);
  }
}

function refusal(found: readonly ManifestProblem[], cause?: unknown): ManifestError {
  const problems = [...new Map(found.map((item) => [`${item.pointer} ${item.message}`, item])).values()];
  const shown = problems.slice(0, 5).map(({ pointer, message }) => `${pointer || "The manifest"} ${message}`);
  const more = problems.length > shown.length ? ` And ${problems.length - shown.length} more.` : "";
  return new ManifestError("invalid_manifest", `The manifest was refused: ${shown.join("; ")}.${more}`, {
    cause,
    details: { problems: problems.map((problem) => ({ ...problem })) },
  });
}

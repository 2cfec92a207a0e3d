import type { JsonValue } from "@alga-ext/protocol";
import { PLATFORM_CATALOGUE } from "./create-catalogue.ts";
import { ManifestError } from "./errors.ts";
import { countMembers } from "./internal/count-members.ts";
import { describe } from "./internal/describe.ts";
import { Findings, type FoundProblem } from "./internal/findings.ts";
import { locateJson, type JsonLayout } from "./internal/locate-json.ts";
import { prune } from "./internal/prune.ts";
import { toJson } from "./internal/to-json.ts";
import { toManifest } from "./internal/to-manifest.ts";
import { toLineAndColumn, toPlace } from "./internal/to-place.ts";
import { pointerOf, toProblem } from "./internal/to-problem.ts";
import type { Manifest, ManifestPlace, ManifestProblem, ParsedManifest } from "./manifest.ts";
import type { CatalogueOptions } from "./ports.ts";
import type { ManifestSource } from "./types.generated.ts";
import { validateSource } from "./validate.generated.ts";

/** Longest manifest text, in UTF-16 code units. */
const MAX_TEXT_LENGTH = 262_144;

/** Turns pointers into places; knows none when the input was no text. */
type Locate = <Item extends ManifestPlace>(item: Item, pointer?: string) => Item;

/**
 * Read a manifest liberally into its one strict form.
 *
 * @param input JSON text (then problems and warnings carry line and column), or an already parsed value.
 * @param options.catalogue Capabilities of the host; @default the platform's.
 * @throws {ManifestError} `invalid_manifest`, with every problem in `details.problems`.
 * @example
 * const { manifest, warnings } = parseManifest(await readFile("manifest.json", "utf8"));
 */
export function parseManifest(input: unknown, options: CatalogueOptions = {}): ParsedManifest {
  const { catalogue = PLATFORM_CATALOGUE } = options;
  const findings = new Findings();
  const text = typeof input === "string" ? withoutMark(input) : null;
  const locate = locator(text);
  const value = text === null ? readValue(input, findings) : readText(text, findings);
  let manifest: Manifest | null = null;
  if (findings.problems.length === 0) {
    if (validateSource(value)) manifest = toManifest(value as ManifestSource, { catalogue, findings });
    else {
      const errors = validateSource.errors ?? [];
      for (const error of errors) toProblem(error, findings);
      // What the shape does not refuse may still be wrong: all problems are told at once.
      const rest = prune(value, errors.map(pointerOf));
      if (rest !== null) {
        toManifest(rest.value as unknown as ManifestSource, {
          catalogue,
          findings,
          incomplete: rest.incomplete,
        });
      }
    }
  }
  if (manifest === null || findings.problems.length > 0) throw refusal(findings, locate);
  return { manifest, warnings: findings.warnings.map((warning) => locate(warning)) };
}

function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

function readText(text: string, findings: Findings): JsonValue {
  if (text.length > MAX_TEXT_LENGTH) {
    findings.refuse("too_long", [], { limit: "262,144" });
    return null;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    const offset = locateJson(text).errorOffset ?? 0;
    const rest = text.slice(offset, offset + 12);
    findings.refuse(rest === "" ? "unfinished_json" : "not_json", [], { found: describe(rest) });
    return null;
  }
  const { value, members } = toJson(parsed, { isParsed: true, findings });
  if (findings.problems.length === 0 && members !== countMembers(text)) {
    for (const pointer of locateJson(text).duplicates) {
      findings.warnAt(
        "duplicate_key",
        pointer,
        "This key stands here twice; the last one counts. Remove one.",
      );
    }
  }
  return value;
}

// Getters and proxies of a value that was never JSON may throw anything.
function readValue(input: unknown, findings: Findings): JsonValue {
  try {
    return toJson(input, { isParsed: false, findings }).value;
  } catch (cause) {
    findings.refuse("unreadable", []);
    throw refusal(findings, locator(null), cause);
  }
}

// A text is scanned for places only when there is something to place.
function locator(text: string | null): Locate {
  let layout: JsonLayout | null = null;
  return (item, pointer = item.pointer) => {
    if (text === null || text.length > MAX_TEXT_LENGTH) return item;
    layout ??= locateJson(text);
    const { errorOffset } = layout;
    const place = errorOffset === null ? toPlace(text, layout, pointer) : toLineAndColumn(text, errorOffset);
    return { ...item, ...place, pointer: item.pointer };
  };
}

function refusal(findings: Findings, locate: Locate, cause?: unknown): ManifestError {
  const problems = findings.problems
    .map(({ shownAt, ...problem }: FoundProblem): ManifestProblem => locate(problem, shownAt))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  const shown = problems.slice(0, 5).map(toLine);
  const more = problems.length > shown.length ? [`And ${problems.length - shown.length} more.`] : [];
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  return new ManifestError("invalid_manifest", [`The manifest has ${count}.`, ...shown, ...more].join("\n"), {
    cause,
    details: {
      problems: problems.map((problem) => ({ ...problem })),
      warnings: findings.warnings.map((warning) => ({ ...locate(warning) })),
    },
  });
}

function toLine({ pointer, message, line, column }: ManifestProblem): string {
  const place = [
    ...(pointer === "" ? [] : [pointer]),
    ...(line === undefined ? [] : [`line ${line}:${column}`]),
  ];
  return place.length === 0 ? message : `${place.join(", ")}: ${message}`;
}

import type { ManifestProblem, ManifestWarning } from "../manifest.ts";
import { MANIFEST_PROBLEMS, type ManifestProblemCode } from "../problems.ts";
import type { ManifestWarningCode } from "../warnings.ts";
import { describe } from "./describe.ts";
import { toPointer, type JsonPath } from "./to-pointer.ts";

const MAX_PROBLEMS = 100;
const MAX_WARNINGS = 100;

/** A problem before it is located: it may be best shown elsewhere than where it is, as at a misspelt key. */
export interface FoundProblem extends ManifestProblem {
  readonly shownAt?: string;
}

/** What a problem's sentence is filled with. */
export type ProblemWords = Readonly<Record<string, string | number>>;

/** Collects problems and warnings up to a cap each: a hostile source could cause any number. */
export class Findings {
  readonly problems: FoundProblem[] = [];
  readonly warnings: ManifestWarning[] = [];
  /** Parts of schemas seen so far, of all schemas together: they are the costly part of a hostile source. */
  schemaParts = 0;
  /** How often something was refused, also what is no longer collected. */
  refusals = 0;
  readonly #known = new Set<string>();

  /** Whether more warnings would be dropped; ask before doing costly work for one. */
  get isFull(): boolean {
    return this.warnings.length >= MAX_WARNINGS;
  }

  warn(code: ManifestWarningCode, path: JsonPath, message: string, suggestion: string | null = null): void {
    this.warnAt(code, toPointer(path), message, suggestion);
  }

  warnAt(
    code: ManifestWarningCode,
    pointer: string,
    message: string,
    suggestion: string | null = null,
  ): void {
    if (this.isFull) return;
    const warning = { code, pointer, message };
    this.warnings.push(suggestion === null ? warning : { ...warning, suggestion });
  }

  refuse(
    code: ManifestProblemCode,
    path: JsonPath,
    words: ProblemWords = {},
    suggestion: string | null = null,
  ): void {
    this.refuseAt(code, toPointer(path), words, { suggestion });
  }

  /** The same problem at the same place counts once. */
  refuseAt(
    code: ManifestProblemCode,
    pointer: string,
    words: ProblemWords = {},
    where: {
      readonly suggestion?: string | null;
      /** What stands there instead of the suggestion. */
      readonly instead?: string;
      readonly shownAt?: string;
    } = {},
  ): void {
    const { suggestion = null, instead, shownAt } = where;
    this.refusals++;
    const key = `${code} ${pointer} ${words["value"] ?? ""}`;
    if (this.problems.length >= MAX_PROBLEMS || this.#known.has(key)) return;
    this.#known.add(key);
    const sentence = MANIFEST_PROBLEMS[code].replaceAll(/\{(\w+)\}/g, (all, name: string) =>
      Object.hasOwn(words, name) ? String(words[name]) : all,
    );
    const hint = suggestion === null ? "" : toHint(suggestion, instead);
    this.problems.push({
      code,
      pointer,
      message: sentence + hint,
      ...(suggestion === null ? {} : { suggestion }),
      ...(shownAt === undefined ? {} : { shownAt }),
    });
  }
}

function toHint(suggestion: string, instead?: string): string {
  return instead === undefined
    ? ` Did you mean ${suggestion}?`
    : ` Is ${describe(instead)} meant to be "${suggestion}"?`;
}

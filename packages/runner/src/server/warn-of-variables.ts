import type { RunnerLogger } from "../ports.ts";
import { textOf, type Environment } from "./environment-values.ts";
import { MEANINGLESS, VARIABLES } from "./variables.ts";

/** Shorter names are too many letters away from too few. */
const MIN_NAME = 6;
const MAX_DISTANCE = 2;
const POLICY = "EXT_UI_CONTENT_SECURITY_POLICY";

/**
 * Warn of what is set and has no effect: variables of older runners, and names that look like a slip of one of ours.
 * Values are not logged.
 */
export function warnOfVariables(env: Environment, logger: Pick<RunnerLogger, "warn">): void {
  if (textOf(env, POLICY) !== undefined && textOf(env, "EXT_UI_PROFILE") !== "compat")
    logger.warn("a variable has no effect", { variable: POLICY, why: "only EXT_UI_PROFILE=compat has it" });
  for (const name of Object.keys(env)) {
    if (textOf(env, name) === undefined || Object.hasOwn(VARIABLES, name)) continue;
    const why = Object.hasOwn(MEANINGLESS, name) ? MEANINGLESS[name] : undefined;
    if (why !== undefined) {
      logger.warn("a variable has no effect", { variable: name, why });
      continue;
    }
    const meant =
      name.length < MIN_NAME ? undefined : Object.keys(VARIABLES).find((known) => isNear(name, known));
    if (meant !== undefined)
      logger.warn("a variable has no effect", { variable: name, why: `is ${meant} meant?` });
  }
}

/** Whether two names are at most two letters apart (added, left out, another one, two swapped). */
function isNear(one: string, other: string): boolean {
  if (other.length < MIN_NAME || Math.abs(one.length - other.length) > MAX_DISTANCE) return false;
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_zero, at) => at);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const least = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (before[column - 2] ?? Infinity) + 1 : Infinity,
      );
      next.push(least);
    }
    before = last;
    last = next;
  }
  return (last.at(-1) ?? Infinity) <= MAX_DISTANCE;
}

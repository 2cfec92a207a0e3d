/** A regular expression as a tree. */
export type PatternNode =
  /** One code point; `source` is its own regular expression. */
  | { readonly kind: "atom"; readonly source: string }
  | { readonly kind: "start" }
  | { readonly kind: "end" }
  | { readonly kind: "sequence"; readonly items: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly options: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly item: PatternNode; readonly min: number; readonly max: number };

/** Why a pattern cannot be used, in words after "it". */
export class PatternError extends Error {}

const MAX_LENGTH = 256;
const MAX_REPEAT = 1000;
const ATOM =
  /\\(?:[pP]\{[^}]*\}|u\{[\da-fA-F]+\}|u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|[^1-9kbBpPuxc])|\[(?:[^\]\\]|\\.)*\]|[^\\[\](){}|*+?^$]/uy;
const QUANTIFIER = /(?:([*+?])|\{(\d{1,6})(?:(,)(\d{1,6})?)?\})\??/uy;
const GROUP = /\((?:\?:|\?<[A-Za-z_$][\w$]*>)?/uy;

/**
 * Read a regular expression in JavaScript's syntax with flag `u`, without look-around, back references and word
 * boundaries: what is left can be matched in time proportional to the text.
 *
 * @throws {PatternError}
 */
export function parsePattern(pattern: string): PatternNode {
  if (pattern.length > MAX_LENGTH) throw new PatternError(`is longer than ${MAX_LENGTH} characters`);
  if (!isPattern(pattern)) throw new PatternError("is not a regular expression");
  let at = 0;
  const take = (token: RegExp): RegExpExecArray | null => {
    token.lastIndex = at;
    const found = token.exec(pattern);
    if (found !== null) at = token.lastIndex;
    return found;
  };
  const choice = (): PatternNode => {
    const options = [sequence()];
    while (pattern[at] === "|") {
      at++;
      options.push(sequence());
    }
    return options.length === 1
      ? (options[0] ?? { kind: "sequence", items: [] })
      : { kind: "choice", options };
  };
  const sequence = (): PatternNode => {
    const items: PatternNode[] = [];
    while (at < pattern.length && pattern[at] !== "|" && pattern[at] !== ")") items.push(repeated(single()));
    return { kind: "sequence", items };
  };
  const single = (): PatternNode => {
    const char = pattern[at];
    if (char === "^" || char === "$") {
      at++;
      return { kind: char === "^" ? "start" : "end" };
    }
    if (char === "(") {
      const opened = take(GROUP)?.[0];
      if (pattern[at] === "?" || opened === undefined) throw new PatternError("uses look-around or flags");
      const inside = choice();
      at++;
      return inside;
    }
    const source = take(ATOM)?.[0];
    if (source === undefined) throw new PatternError("uses back references or word boundaries");
    return { kind: "atom", source };
  };
  const repeated = (item: PatternNode): PatternNode => {
    const found = take(QUANTIFIER);
    if (found === null) return item;
    const [, sign, from, comma, to] = found;
    const min = sign === undefined ? Number(from) : sign === "+" ? 1 : 0;
    const max =
      sign === "?" ? 1 : sign !== undefined ? Infinity : comma === undefined ? min : Number(to ?? Infinity);
    if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) {
      throw new PatternError(`repeats something more than ${MAX_REPEAT} times`);
    }
    return { kind: "repeat", item, min, max };
  };
  return choice();
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").unicode;
  } catch {
    return false;
  }
}

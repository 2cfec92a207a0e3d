import { readPattern } from "./match-pattern.ts";
import { PatternError, type PatternNode } from "./parse-pattern.ts";

const MAX_VARIABLE = 16;
const MAX_ATOMS = 64;
/** Where two atoms are compared: ASCII, and one of everything else that classes usually tell apart. */
const SAMPLE = [
  ...Array.from({ length: 128 }, (_, code) => String.fromCodePoint(code)),
  "é",
  "α",
  "я",
  "中",
  "\u00A0",
  "\u2028",
  "😀",
];

/**
 * Why a pattern of an extension is refused; null when it is fine.
 *
 * `validateAgainst` matches any pattern in linear time, but forms and clients made from a schema use engines that
 * backtrack. So patterns are refused too in which a repetition could split the same text in several ways.
 */
export function checkPattern(pattern: string): string | null {
  try {
    const tree = readPattern(pattern);
    if (count(tree) > MAX_VARIABLE) return `it has more than ${MAX_VARIABLE} repetitions of variable length`;
    return isAmbiguous(tree) ? "it repeats a group that can match the same text in several ways" : null;
  } catch (error) {
    if (error instanceof PatternError) return `it ${error.message}`;
    throw error;
  }
}

const childrenOf = (node: PatternNode): readonly PatternNode[] =>
  node.kind === "sequence"
    ? node.items
    : node.kind === "choice"
      ? node.options
      : node.kind === "repeat"
        ? [node.item]
        : [];

const count = (node: PatternNode): number =>
  childrenOf(node).reduce(
    (sum, child) => sum + count(child),
    node.kind === "repeat" && node.min !== node.max ? 1 : 0,
  );

function isAmbiguous(node: PatternNode): boolean {
  if (node.kind === "repeat" && node.max > 1 && !isOneWay(node.item)) return true;
  return childrenOf(node).some(isAmbiguous);
}

// Whether a repeated group can be told apart from its own repetition by looking at one character.
function isOneWay(body: PatternNode): boolean {
  if (body.kind === "atom") return true;
  const options = body.kind === "choice" ? body.options : [body];
  const all = options.map(atoms);
  if (all.flat().length > MAX_ATOMS) return false;
  const reach = new Map(all.flat().map((source) => [source, reachOf(source)]));
  const overlap = (a: string, b: string): boolean => {
    const right = reach.get(b);
    return [...(reach.get(a) ?? [])].some((char) => right?.has(char) === true);
  };
  const firsts = options.map((option) => edgeAtom(option, 0));
  if (options.length > 1) {
    const seen: string[] = [];
    for (const first of firsts) {
      if (first === null || seen.some((other) => overlap(first, other))) return false;
      seen.push(first);
    }
  }
  if (count(body) === 0) return true;
  const stands = (edge: string | null | undefined, others: readonly string[]): boolean =>
    edge !== null && edge !== undefined && !others.some((other) => overlap(edge, other));
  const others = all.flatMap((sources) => sources.slice(1));
  if (firsts.every((first) => stands(first, others))) return true;
  // `(?:[a-z]+\.)*`: the end of each repetition shows as well as its beginning.
  return options.length === 1 && stands(edgeAtom(body, -1), (all[0] ?? []).slice(0, -1));
}

// The atom that must come first (0) or last (-1), once; null when something optional or repeated does.
function edgeAtom(node: PatternNode, at: 0 | -1): string | null {
  if (node.kind === "atom") return node.source;
  const edge = node.kind === "sequence" ? node.items.at(at) : undefined;
  return edge === undefined ? null : edgeAtom(edge, at);
}

function atoms(node: PatternNode): readonly string[] {
  return node.kind === "atom" ? [node.source] : childrenOf(node).flatMap(atoms);
}

function reachOf(source: string): ReadonlySet<string> {
  const exact = new RegExp(`^${source}$`, "u");
  return new Set(SAMPLE.filter((char) => exact.test(char)));
}

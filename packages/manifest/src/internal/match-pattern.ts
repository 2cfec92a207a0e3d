import { parsePattern, PatternError, type PatternNode } from "./parse-pattern.ts";

type Test = (code: number) => boolean;
interface State {
  /** A state that reads a character, or one of the two edges of the text; undefined passes on freely. */
  readonly reads?: Test | "start" | "end";
  readonly next: number[];
}

const MAX_STATES = 3000;

/** A pattern ready to be matched. */
export interface PatternMatcher {
  /** Number of its states: matching costs at most this much for each character. */
  readonly size: number;
  /** `spend` is told the work as it is done. */
  readonly matches: (text: string, spend: (steps: number) => void) => boolean;
}

/**
 * Read a pattern whose matcher has a bounded size.
 *
 * @throws {PatternError}
 */
export function readPattern(pattern: string): PatternNode {
  const tree = parsePattern(pattern);
  if (countStates(tree) > MAX_STATES) throw new PatternError("repeats too much");
  return tree;
}

function countStates(node: PatternNode): number {
  if (node.kind === "sequence") return node.items.reduce((sum, item) => sum + countStates(item), 0);
  if (node.kind === "choice") return node.options.reduce((sum, item) => sum + countStates(item), 1);
  if (node.kind !== "repeat") return 1;
  const times = node.max === Infinity ? node.min + 1 : node.max;
  return countStates(node.item) * times + times + 1;
}

/**
 * Compile a pattern into a matcher without backtracking: its time is the text's length times the pattern's size.
 *
 * @throws {PatternError}
 */
export function compilePattern(pattern: string): PatternMatcher {
  const states: State[] = [];
  const add = (state: State): number => states.push(state) - 1;
  // Builds backwards: the states of a node, given the state that follows it; returns the first.
  const build = (node: PatternNode, then: number): number => {
    if (node.kind === "atom") return add({ reads: toTest(node.source), next: [then] });
    if (node.kind === "start" || node.kind === "end") return add({ reads: node.kind, next: [then] });
    if (node.kind === "sequence") return node.items.reduceRight((after, item) => build(item, after), then);
    if (node.kind === "choice") return add({ next: node.options.map((option) => build(option, then)) });
    let first = then;
    if (node.max === Infinity) {
      const loop: State = { next: [then] };
      first = add(loop);
      loop.next.push(build(node.item, first));
    } else {
      for (let extra = node.min; extra < node.max; extra++) {
        first = add({ next: [then, build(node.item, first)] });
      }
    }
    for (let count = 0; count < node.min; count++) first = build(node.item, first);
    return first;
  };
  const accept = add({ next: [] });
  const start = build(readPattern(pattern), accept);

  // When a state was last entered; the clock goes on from text to text.
  const entered = new Float64Array(states.length);
  const open: number[] = [];
  let clock = 0;

  const matches: PatternMatcher["matches"] = (text, spend) => {
    let current: number[] = [];
    let following: number[] = [];
    let index = 0;
    let steps = 0;
    // Follows what reads no character; every state is entered once for each place in the text.
    const enter = (from: number, into: number[]): void => {
      open.push(from);
      for (let state = open.pop(); state !== undefined; state = open.pop()) {
        if (entered[state] === clock) continue;
        entered[state] = clock;
        steps++;
        const { reads, next } = states[state] ?? { next: [] };
        if (typeof reads === "function") into.push(state);
        else if (reads === undefined || index === (reads === "start" ? 0 : text.length)) open.push(...next);
      }
    };
    clock++;
    for (;;) {
      enter(start, current);
      spend(steps);
      if (entered[accept] === clock) return true;
      const code = text.codePointAt(index);
      if (code === undefined) return false;
      index += code > 0xffff ? 2 : 1;
      clock++;
      steps = 1;
      for (const state of current) {
        const { reads, next } = states[state] ?? { next: [] };
        if (typeof reads === "function" && reads(code)) enter(next[0] ?? accept, following);
      }
      [current, following] = [following, current];
      following.length = 0;
    }
  };
  return { size: states.length, matches };
}

function toTest(source: string): Test {
  const literal = /^[^\\[.]$/u.test(source) ? source.codePointAt(0) : undefined;
  if (literal !== undefined) return (code) => code === literal;
  const exact = new RegExp(`^${source}$`, "u");
  // What ASCII gives is remembered: 1 for a match, 2 for none.
  const known = new Uint8Array(128);
  return (code) => {
    const answer = known[code];
    if (answer === 1 || answer === 2) return answer === 1;
    const isMatch = exact.test(String.fromCodePoint(code));
    if (code < known.length) known[code] = isMatch ? 1 : 2;
    return isMatch;
  };
}

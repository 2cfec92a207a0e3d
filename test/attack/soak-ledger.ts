import type { Effects } from "./soak-stand.ts";

/** Which effect a call asks for. */
export type Effect = "write" | "hit" | "none";

/** One call: what was sent, what came back. */
interface Line {
  readonly kind: string;
  readonly effect: Effect;
  answers: number;
  outcome: string | null;
  /** The guest said that its effect had happened. */
  isAcknowledged: boolean;
}

/** Double entry for calls: what was sent against what was answered, and effects against what was acknowledged. */
export interface Ledger {
  /** Open a line; the id goes along with the call. */
  send(kind: string, effect: Effect): string;
  /** One answer to a line; a second one is a fault. */
  answer(id: string, outcome: string, isAcknowledged: boolean): void;
  readonly sent: number;
  /** Not answered yet. */
  readonly open: number;
  balance(effects: Effects): Balance;
}

/** What the books say. */
export interface Balance {
  readonly sent: number;
  readonly answered: number;
  /** Calls with no answer, or with more than one. */
  readonly unanswered: number;
  readonly answeredTwice: number;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly acknowledged: Readonly<Record<"writes" | "hits", number>>;
  readonly happened: Readonly<Record<"writes" | "hits", number>>;
  /** Acknowledged effects that never happened, and effects that happened twice. */
  readonly lost: number;
  readonly doubled: number;
  /** Effects of calls that ended with an error: they may have happened, once. */
  readonly unacknowledged: number;
}

/** Open the books. */
export function createLedger(): Ledger {
  const lines = new Map<string, Line>();
  let open = 0;
  return {
    send(kind, effect) {
      const id = `c${lines.size}`;
      lines.set(id, { kind, effect, answers: 0, outcome: null, isAcknowledged: false });
      open += 1;
      return id;
    },
    answer(id, outcome, isAcknowledged) {
      const line = lines.get(id);
      if (line === undefined) throw new TypeError(`Nobody sent ${id}.`);
      if ((line.answers += 1) === 1) open -= 1;
      line.outcome = outcome;
      line.isAcknowledged = isAcknowledged;
    },
    get sent() {
      return lines.size;
    },
    get open() {
      return open;
    },
    balance(effects) {
      const outcomes = new Map<string, number>();
      for (const { kind, outcome } of lines.values()) {
        const name = `${kind} → ${outcome ?? "no answer"}`;
        outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
      }
      const all = [...lines];
      const count = (is: (line: Line, id: string) => boolean) =>
        all.filter(([id, line]) => is(line, id)).length;
      const timesOf = (line: Line, id: string) =>
        (line.effect === "write" ? effects.writes : effects.hits).get(id) ?? 0;
      const total = (book: ReadonlyMap<string, number>) =>
        [...book.values()].reduce((sum, one) => sum + one, 0);
      const hasEffect = (line: Line) => line.effect !== "none";
      return {
        sent: lines.size,
        answered: all.reduce((sum, [, line]) => sum + line.answers, 0),
        unanswered: count((line) => line.answers === 0),
        answeredTwice: count((line) => line.answers > 1),
        outcomes,
        acknowledged: {
          writes: count((line) => line.effect === "write" && line.isAcknowledged),
          hits: count((line) => line.effect === "hit" && line.isAcknowledged),
        },
        happened: { writes: total(effects.writes), hits: total(effects.hits) },
        lost: count((line, id) => hasEffect(line) && line.isAcknowledged && timesOf(line, id) === 0),
        doubled: count((line, id) => hasEffect(line) && timesOf(line, id) > 1),
        unacknowledged: count((line, id) => hasEffect(line) && !line.isAcknowledged && timesOf(line, id) > 0),
      };
    },
  };
}

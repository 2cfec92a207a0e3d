import type { JsonValue } from "@alga-ext/protocol";

/** What one call on one key asked for. */
export type KeyCall =
  | { readonly kind: "get" }
  | { readonly kind: "put"; readonly value: JsonValue; readonly ifRevision?: number }
  | { readonly kind: "delete"; readonly ifRevision?: number };

/** What one call on one key was answered; `unknown` when no answer came: it may have happened, once, or not. */
export type KeyAnswer =
  | { readonly kind: "record"; readonly revision: number; readonly value: JsonValue }
  | { readonly kind: "stored"; readonly revision: number }
  | { readonly kind: "deleted"; readonly success: boolean }
  | { readonly kind: "missing" }
  | { readonly kind: "mismatch"; readonly actual: number | null }
  | { readonly kind: "unknown" };

/** One call, from when it was sent to when its answer came, by any clock that only goes up. */
export interface KeyOperation {
  readonly call: KeyCall;
  readonly answer: KeyAnswer;
  readonly start: number;
  readonly end: number;
}

type Record = { readonly revision: number; readonly value: JsonValue } | null;

/**
 * Whether there is an order in which a single store could have done these calls one by one: each between its start and
 * its end, each with the answer it got. (The search of Wing and Gong, with memory of what was tried.)
 */
export function isLinearizable(history: readonly KeyOperation[], initial: Record = null): boolean {
  const operations = [...history].sort((a, b) => a.start - b.start);
  const tried = new Set<string>();

  const search = (done: bigint, state: Record): boolean => {
    const open = operations.flatMap((operation, index) =>
      (done & (1n << BigInt(index))) === 0n ? [{ operation, index }] : [],
    );
    // What was never answered may also never have happened.
    if (open.every(({ operation }) => operation.answer.kind === "unknown")) return true;
    const key = `${done} ${JSON.stringify(state)}`;
    if (tried.has(key)) return false;
    tried.add(key);
    const firstEnd = Math.min(...open.map(({ operation }) => endOf(operation)));
    return open.some(({ operation, index }) => {
      if (operation.start > firstEnd) return false;
      const next = apply(operation, state);
      return next !== "impossible" && search(done | (1n << BigInt(index)), next);
    });
  };
  return search(0n, initial);
}

function endOf({ answer, end }: KeyOperation): number {
  return answer.kind === "unknown" ? Number.POSITIVE_INFINITY : end;
}

/** The state after a call, if that state before it explains its answer. */
function apply({ call, answer }: KeyOperation, state: Record): Record | "impossible" {
  const [expected, next] = perform(call, state);
  if (answer.kind === "unknown") return next;
  return JSON.stringify(answer) === JSON.stringify(expected) ? next : "impossible";
}

function perform(call: KeyCall, state: Record): readonly [KeyAnswer, Record] {
  const actual = state?.revision ?? null;
  if (call.kind === "get") {
    if (state === null) return [{ kind: "missing" }, state];
    return [{ kind: "record", revision: state.revision, value: state.value }, state];
  }
  if (call.kind === "delete") {
    if (state === null) return [{ kind: "deleted", success: false }, null];
    if (call.ifRevision !== undefined && call.ifRevision !== actual)
      return [{ kind: "mismatch", actual }, state];
    return [{ kind: "deleted", success: true }, null];
  }
  if (call.ifRevision !== undefined && call.ifRevision !== actual)
    return [{ kind: "mismatch", actual }, state];
  const revision = (actual ?? 0) + 1;
  return [
    { kind: "stored", revision },
    { revision, value: call.value },
  ];
}

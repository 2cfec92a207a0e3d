/** A call statement of the transpiler's debug log, as `prepare/lint-glue.ts` finds it. */
export interface DebugStatement {
  readonly start: number;
  readonly end: number;
}

/**
 * Take the transpiler's debug log statements out of the glue: each makes an object of its arguments on every call, to
 * hand it to a function that throws it away.
 */
export function stripDebugLog(text: string, statements: readonly DebugStatement[]): string {
  let kept = "";
  let at = 0;
  for (const { start, end } of statements.toSorted((a, b) => a.start - b.start)) {
    kept += `${text.slice(at, start)};`;
    at = end;
  }
  return kept + text.slice(at);
}

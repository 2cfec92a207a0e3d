/** What `prepare/glue-text.ts` lets out of the glue: its tables and lists, live. */
export interface GlueState {
  /** Resource handles, each table an array that may carry `_createdReps`. */
  readonly tables: readonly (readonly unknown[])[];
  /** Arrays and maps that are empty between calls. */
  readonly transient: readonly { readonly length?: number; readonly size?: number }[];
  /** Tasks by component. */
  readonly tasks: ReadonlyMap<unknown, readonly unknown[]>;
}

/** Remember the glue's own state; the result answers whether it is still, or again, the same. */
export function rememberGlueState(read: () => GlueState): () => boolean {
  const first = read();
  // The list of tables has holes.
  const tables = Array.from(first.tables, (table) => Array.from(table ?? []));
  const isSame = (table: readonly unknown[], known: readonly unknown[] | undefined) =>
    known !== undefined &&
    table.length === known.length &&
    table.every((entry, index) => entry === known[index]);
  return () => {
    const now = read();
    if (now.tables.length !== tables.length) return false;
    for (let index = 0; index < tables.length; index++)
      if (!isSame(now.tables[index] ?? [], tables[index])) return false;
    for (const { length = 0, size = 0 } of now.transient) if (length + size > 0) return false;
    for (const tasks of now.tasks.values()) if (tasks.length > 0) return false;
    return true;
  };
}

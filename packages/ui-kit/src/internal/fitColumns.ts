/** What {@link fitColumns} needs to know about a column. */
export interface FittableColumn {
  readonly key: string;
  readonly width?: number | string | undefined;
  readonly priority?: number | undefined;
  readonly alwaysShow?: boolean | undefined;
}

/**
 * Keys of the columns to hide so that the rest fits, the least important first.
 *
 * A bigger `priority` number is hidden earlier (default 10), of equals the rightmost; `alwaysShow` columns stay,
 * and so does one column whatever happens.
 */
export function fitColumns(
  columns: readonly FittableColumn[],
  availableWidth: number,
  minColumnWidth: number,
): ReadonlySet<string> {
  const widthOf = (column: FittableColumn): number => {
    const pixels =
      typeof column.width === "number" ? column.width : /^(\d+)px$/.exec(column.width ?? "")?.[1];
    return pixels === undefined ? minColumnWidth : Number(pixels);
  };
  let total = columns.reduce((sum, column) => sum + widthOf(column), 0);
  const hidden = new Set<string>();
  const candidates = columns
    .map((column, index) => ({ column, index, rank: column.priority ?? 10 }))
    .filter(({ column }) => column.alwaysShow !== true)
    .sort((a, b) => b.rank - a.rank || b.index - a.index);
  for (const { column } of candidates) {
    if (total <= availableWidth || hidden.size === columns.length - 1) break;
    hidden.add(column.key);
    total -= widthOf(column);
  }
  return hidden;
}

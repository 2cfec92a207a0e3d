import type { ReactNode } from "react";

/** One column of a `DataTable`. */
export interface Column<Row> {
  /** Property of the row shown when there is no `render`, and sorted by. */
  readonly key: string;
  readonly header: ReactNode;
  readonly width?: number | string;
  readonly render?: (row: Row) => ReactNode;
  /** @default false */
  readonly sortable?: boolean;
  /** What to sort by instead of `row[key]`. */
  readonly sortValue?: (row: Row) => unknown;
  /** With `responsiveColumns`: a bigger number is hidden earlier. @default 10 */
  readonly priority?: number;
  /** Never hidden. @default false */
  readonly alwaysShow?: boolean;
  /** @default "start" */
  readonly align?: "start" | "end";
}

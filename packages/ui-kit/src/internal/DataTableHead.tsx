import type { ReactElement } from "react";
import type { Column } from "./column.ts";
import { Icon } from "./Icon.tsx";
import type { SortDirection } from "./sortRows.ts";

/** Props of {@link DataTableHead}. */
export interface DataTableHeadProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly hasDetail: boolean;
  readonly sort: { readonly key: string; readonly dir: SortDirection } | null;
  readonly onSort: (column: Column<Row>, dir: SortDirection) => void;
}

/** The header row: sortable columns hold a button, and `aria-sort` sits on the sorted one. */
export function DataTableHead<Row>({
  columns,
  hasDetail,
  sort,
  onSort,
}: DataTableHeadProps<Row>): ReactElement {
  return (
    <thead>
      <tr>
        {hasDetail && (
          <th scope="col" className="alga-table__toggle">
            <span className="alga-visually-hidden">Details</span>
          </th>
        )}
        {columns.map((column) => {
          const dir = sort?.key === column.key ? sort.dir : null;
          return (
            <th
              key={column.key}
              scope="col"
              data-align={column.align}
              {...(column.width === undefined ? {} : { style: { width: column.width } })}
              aria-sort={dir === null ? undefined : dir === "asc" ? "ascending" : "descending"}
            >
              {column.sortable === true ? (
                <button
                  type="button"
                  className="alga-table__sort"
                  data-sorted={dir !== null || undefined}
                  onClick={() => onSort(column, dir === "asc" ? "desc" : "asc")}
                >
                  {column.header}
                  <Icon name={dir === null ? "sort" : dir === "asc" ? "sortAscending" : "sortDescending"} />
                </button>
              ) : (
                column.header
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

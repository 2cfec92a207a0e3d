import {
  Fragment,
  useEffect,
  useId,
  useState,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
} from "react";
import { DataTableHead } from "../internal/DataTableHead.tsx";
import { classNames } from "../internal/classNames.ts";
import { fitColumns } from "../internal/fitColumns.ts";
import { Icon } from "../internal/Icon.tsx";
import { Pagination } from "../internal/Pagination.tsx";
import { sortRows, type SortDirection } from "../internal/sortRows.ts";
import { useElementSize } from "../internal/useElementSize.ts";
import type { Column } from "../internal/column.ts";
import { Skeleton } from "./Skeleton.tsx";

/** Props of {@link DataTable}. */
export interface DataTableProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly data: readonly Row[];
  /** Visible name of the table. */
  readonly caption?: ReactNode;
  /** Name of the table when it has no caption. */
  readonly "aria-label"?: string;
  /** Identity of a row. @default `row.id`, else its position */
  readonly rowKey?: (row: Row) => string;
  /** Text below the table when columns are hidden. @default "2 columns hidden to fit" */
  readonly hiddenColumnsMessage?: (count: number) => ReactNode;
  readonly initialSortKey?: string;
  /** @default "asc" */
  readonly initialSortDir?: SortDirection;
  /** @default false */
  readonly paginate?: boolean;
  /** @default 10 */
  readonly defaultPageSize?: number;
  /** @default [10, 25, 50, 100] */
  readonly pageSizeOptions?: readonly number[];
  /** Makes rows clickable; the first visible cell becomes a button that does the same from the keyboard. */
  readonly onRowClick?: (row: Row) => void;
  /** More about a row, shown below it behind a toggle; null means there is nothing more. */
  readonly renderDetail?: (row: Row) => ReactNode;
  /** Names a row for those who hear its toggle. @default "row 3" */
  readonly rowLabel?: (row: Row) => string;
  /** Hide the least important columns when the table gets narrow. @default false */
  readonly responsiveColumns?: boolean;
  /** Pixels a column without a width in pixels counts as. @default 120 */
  readonly minColumnWidth?: number;
  readonly onVisibleColumnsChange?: (keys: readonly string[]) => void;
  /** Shown instead of rows when there are none. @default "Nothing to show yet." */
  readonly emptyMessage?: ReactNode;
  /** Shows placeholder rows. @default false */
  readonly loading?: boolean;
  readonly className?: string;
}

const DEFAULT_PAGE_SIZES = [10, 25, 50, 100] as const;
const INTERACTIVE = "a, button, input, select, textarea, label, summary";

/** A native table with sorting, paging, columns that give way on narrow screens and rows to open. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactElement {
  const {
    columns,
    data,
    paginate = false,
    defaultPageSize = 10,
    minColumnWidth = 120,
    loading = false,
  } = props;
  const captionId = useId();
  const [wrap, size] = useElementSize<HTMLDivElement>();
  const [sort, setSort] = useState(
    props.initialSortKey === undefined
      ? null
      : { key: props.initialSortKey, dir: props.initialSortDir ?? "asc" },
  );
  const [wantedPage, setPage] = useState(0);
  const [pageSize, setPageSize] = useState(defaultPageSize);
  const [showAll, setShowAll] = useState(false);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [spoken, setSpoken] = useState("");

  const fitted =
    props.responsiveColumns === true ? fitColumns(columns, size.width, minColumnWidth) : NOTHING_HIDDEN;
  const visible = showAll ? columns : columns.filter((column) => !fitted.has(column.key));
  const visibleKeys = visible.map((column) => column.key).join("\n");
  const { onVisibleColumnsChange } = props;
  useEffect(() => onVisibleColumnsChange?.(visibleKeys.split("\n")), [visibleKeys, onVisibleColumnsChange]);

  const sortColumn = columns.find((column) => column.key === sort?.key);
  const sorted =
    sort === null || sortColumn === undefined
      ? data
      : sortRows(data, (row) => (sortColumn.sortValue ?? ((r) => valueOf(r, sortColumn.key)))(row), sort.dir);
  // Deleting the last row of the last page must not leave an empty page behind.
  const page = Math.min(wantedPage, Math.max(0, Math.ceil(sorted.length / pageSize) - 1));
  const offset = paginate ? page * pageSize : 0;
  const rows = paginate ? sorted.slice(offset, offset + pageSize) : sorted;
  const hasDetail = props.renderDetail !== undefined;
  const span = visible.length + (hasDetail ? 1 : 0);
  const name = props["aria-label"] ?? (typeof props.caption === "string" ? props.caption : "Table");

  return (
    <div className={classNames("alga-table", props.className)}>
      <div
        ref={wrap}
        className="alga-table__scroll"
        {...(size.isOverflowing ? { role: "region", tabIndex: 0, "aria-label": `${name}, scrollable` } : {})}
      >
        <table
          aria-label={props["aria-label"]}
          aria-labelledby={props.caption === undefined ? undefined : captionId}
          aria-busy={loading || undefined}
        >
          {props.caption !== undefined && <caption id={captionId}>{props.caption}</caption>}
          <DataTableHead
            columns={visible}
            hasDetail={hasDetail}
            sort={sort}
            onSort={(column, dir) => {
              setSort({ key: column.key, dir });
              setPage(0);
              const title = typeof column.header === "string" ? column.header : column.key;
              setSpoken(`Sorted by ${title}, ${dir === "asc" ? "ascending" : "descending"}`);
            }}
          />
          <tbody>
            {loading && data.length === 0 && <PlaceholderRows span={span} />}
            {!loading && rows.length === 0 && (
              <tr>
                <td colSpan={span} className="alga-table__empty">
                  {props.emptyMessage ?? "Nothing to show yet."}
                </td>
              </tr>
            )}
            {rows.map((row, index) => {
              const key = props.rowKey?.(row) ?? idOf(row) ?? String(offset + index);
              const detail = props.renderDetail?.(row) ?? null;
              const isOpen = open.has(key);
              return (
                <Fragment key={key}>
                  <tr
                    className={props.onRowClick === undefined ? undefined : "alga-table__row--clickable"}
                    onClick={props.onRowClick && ((event) => isRowClick(event) && props.onRowClick?.(row))}
                  >
                    {hasDetail && (
                      <td className="alga-table__toggle">
                        {detail !== null && (
                          <button
                            type="button"
                            aria-expanded={isOpen}
                            aria-label={`Details of ${props.rowLabel?.(row) ?? `row ${offset + index + 1}`}`}
                            onClick={() => setOpen(toggled(open, key))}
                          >
                            <Icon name="chevronRight" />
                          </button>
                        )}
                      </td>
                    )}
                    {visible.map((column, at) => (
                      <td key={column.key} data-align={column.align}>
                        <Cell
                          content={
                            column.render === undefined ? text(valueOf(row, column.key)) : column.render(row)
                          }
                          onOpen={at === 0 && props.onRowClick ? () => props.onRowClick?.(row) : undefined}
                        />
                      </td>
                    ))}
                  </tr>
                  {isOpen && detail !== null && (
                    <tr className="alga-table__detail">
                      <td colSpan={span}>{detail}</td>
                    </tr>
                  )}
                </Fragment>
              );
            })}
          </tbody>
        </table>
      </div>
      <output className="alga-visually-hidden">{spoken}</output>
      {fitted.size > 0 && (
        <div className="alga-table__hidden">
          <output>
            {showAll
              ? "All columns shown"
              : (props.hiddenColumnsMessage ?? defaultHiddenMessage)(fitted.size)}
          </output>
          <button type="button" aria-pressed={showAll} onClick={() => setShowAll(!showAll)}>
            {showAll ? "Fit to width" : "Show all columns"}
          </button>
        </div>
      )}
      {paginate && sorted.length > 0 && (
        <Pagination
          label={name}
          page={page}
          pageSize={pageSize}
          total={sorted.length}
          pageSizeOptions={props.pageSizeOptions ?? DEFAULT_PAGE_SIZES}
          onPage={(next) => {
            setPage(next);
            setSpoken(`Page ${next + 1} of ${Math.ceil(sorted.length / pageSize)}`);
          }}
          onPageSize={(next) => {
            setPageSize(next);
            setPage(0);
          }}
        />
      )}
    </div>
  );
}

const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

function Cell({
  content,
  onOpen,
}: {
  readonly content: ReactNode;
  readonly onOpen: (() => void) | undefined;
}) {
  if (onOpen === undefined) return content;
  return (
    <button type="button" className="alga-table__open" onClick={onOpen}>
      {content}
    </button>
  );
}

function PlaceholderRows({ span }: { readonly span: number }): ReactElement {
  return (
    <>
      {[0, 1, 2].map((row) => (
        <tr key={row}>
          <td colSpan={span}>
            <Skeleton />
            {row === 0 && <span className="alga-visually-hidden">Loading</span>}
          </td>
        </tr>
      ))}
    </>
  );
}

function valueOf(row: unknown, key: string): unknown {
  return typeof row === "object" && row !== null ? (row as Record<string, unknown>)[key] : undefined;
}

function idOf(row: unknown): string | undefined {
  const id = valueOf(row, "id");
  return typeof id === "string" || typeof id === "number" ? String(id) : undefined;
}

function text(value: unknown): ReactNode {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toLocaleString();
  return typeof value === "string" ? value : JSON.stringify(value);
}

function defaultHiddenMessage(count: number): string {
  return count === 1 ? "1 column hidden to fit" : `${count} columns hidden to fit`;
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** A click on a control inside the row, or the end of selecting text, is not a click on the row. */
function isRowClick(event: MouseEvent<HTMLTableRowElement>): boolean {
  const target = event.target as Element;
  if (target.closest(INTERACTIVE) !== null || !event.currentTarget.contains(target)) return false;
  return document.getSelection()?.isCollapsed !== false;
}

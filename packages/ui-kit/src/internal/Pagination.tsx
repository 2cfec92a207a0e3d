import type { ReactElement } from "react";
import { Button } from "../components/Button.tsx";
import { Icon } from "./Icon.tsx";

/** Props of {@link Pagination}. */
export interface PaginationProps {
  /** Name of what is paged, for the landmark. */
  readonly label: string;
  /** Zero-based. */
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
  readonly pageSizeOptions: readonly number[];
  readonly onPage: (page: number) => void;
  readonly onPageSize: (size: number) => void;
}

/** Range, page size and previous/next. */
export function Pagination(props: PaginationProps): ReactElement {
  const { label, page, pageSize, total, pageSizeOptions, onPage, onPageSize } = props;
  const pageCount = Math.max(1, Math.ceil(total / pageSize));
  const first = total === 0 ? 0 : page * pageSize + 1;
  const sizes = [...new Set([...pageSizeOptions, pageSize])].sort((a, b) => a - b);
  return (
    <nav className="alga-pagination" aria-label={`${label} pages`}>
      <label className="alga-pagination__size">
        <span>Rows per page</span>
        <select
          className="alga-pagination__select"
          value={pageSize}
          onChange={(event) => onPageSize(Number(event.currentTarget.value))}
        >
          {sizes.map((size) => (
            <option key={size} value={size}>
              {size}
            </option>
          ))}
        </select>
      </label>
      <span className="alga-pagination__range">
        {first}–{Math.min(total, (page + 1) * pageSize)} of {total}
      </span>
      <span className="alga-pagination__buttons">
        <Button
          variant="outline"
          size="sm"
          aria-label="Previous page"
          disabled={page === 0}
          onClick={() => onPage(page - 1)}
        >
          <Icon name="chevronLeft" />
        </Button>
        <Button
          variant="outline"
          size="sm"
          aria-label="Next page"
          disabled={page >= pageCount - 1}
          onClick={() => onPage(page + 1)}
        >
          <Icon name="chevronRight" />
        </Button>
      </span>
    </nav>
  );
}

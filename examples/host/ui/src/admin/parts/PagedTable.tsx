import { Button, DataTable, type DataTableProps } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { plural } from "./format.ts";
import { Failed } from "./Shown.tsx";
import type { Paged } from "./usePaged.ts";

/** Props of {@link PagedTable}. */
export interface PagedTableProps<Row> extends Omit<DataTableProps<Row>, "data" | "loading" | "paginate"> {
  readonly list: Paged<Row>;
}

/** A table of a list that comes page by page: what is there, and a button for more. */
export function PagedTable<Row>({ list, ...table }: PagedTableProps<Row>): ReactElement {
  const { items, error, isLoading, hasMore, more, reload } = list;
  return (
    <div className="acme-paged">
      {error !== null && <Failed message={error} onRetry={items === null ? reload : more} />}
      {(items !== null || error === null) && (
        <DataTable {...table} data={items ?? []} loading={items === null && isLoading} />
      )}
      {items !== null && hasMore && (
        <div className="acme-paged__more">
          <span className="acme-muted">{plural(items.length, "row")} shown</span>
          <Button variant="outline" size="sm" loading={isLoading} onClick={() => void more()}>
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}

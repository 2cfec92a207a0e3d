import { useApi } from "@alga-ext/sdk/ui/react";
import { Badge, Button, Card, CustomSelect, DataTable, SearchInput, type Column } from "@alga-ext/ui-kit";
import { useCallback, useMemo, useState, type ReactElement } from "react";
import { STATUS_LOOK, STATUS_OPTIONS, type Access, type Agreement } from "./agreement.ts";
import { EmptyState } from "./EmptyState.tsx";
import { ErrorPanel } from "./ErrorPanel.tsx";
import { endsSoon, formatDate, formatMoney } from "./format.ts";
import { Notice } from "./Notice.tsx";
import { agreementPath } from "./page.ts";
import { PageHeader } from "./PageHeader.tsx";
import type { PageProps } from "./page-props.ts";
import { useLoaded } from "./useLoaded.ts";

const ANY_STATUS = "any";

interface Listing extends Access {
  readonly items: readonly Agreement[];
}

/** All agreements of the tenant, or those with the client that asks, to search and open. */
export function AgreementList({ go, takeFocus, notice }: PageProps): ReactElement {
  const api = useApi();
  const load = useCallback((signal: AbortSignal) => api.get<Listing>("/agreements", { signal }), [api]);
  const { state, reload } = useLoaded(load);
  const [search, setSearch] = useState("");
  const [status, setStatus] = useState(ANY_STATUS);
  const [now] = useState(() => Date.now());
  const [shownColumns, setShownColumns] = useState<readonly string[]>([]);
  const all = state.phase === "ready" ? state.value.items : [];
  // Until it is known, nothing is offered that would be refused.
  const mayChange = state.phase === "ready" && state.value.readOnly !== true;
  const found = all.filter((one) => (status === ANY_STATUS || one.status === status) && matches(one, search));
  const isNarrow = shownColumns.length > 0 && !shownColumns.includes("customer");
  const columns = useMemo(() => toColumns(isNarrow, now), [isNarrow, now]);
  const create = (): void => go("/agreements/new");

  return (
    <>
      <PageHeader
        title="Agreements"
        subtitle="What has been agreed, for how long and for how much."
        takeFocus={takeFocus}
        actions={mayChange ? <Button onClick={create}>New agreement</Button> : undefined}
      />
      <Notice text={notice} />
      {state.phase === "failed" && <ErrorPanel error={state.error} onRetry={reload} />}
      {state.phase === "ready" && all.length === 0 && (
        <Card>
          <EmptyState
            title="No agreements yet"
            text={
              mayChange
                ? "Record the first one, and its value, dates and the customer’s standing are in one place."
                : "You find them here once something is agreed with you."
            }
            action={mayChange && <Button onClick={create}>Create the first agreement</Button>}
          />
        </Card>
      )}
      {(state.phase === "loading" || all.length > 0) && (
        <>
          <Figures agreements={all} now={now} isLoading={state.phase === "loading"} />
          <div className="filters">
            <SearchInput
              className="filters__search"
              aria-label="Search agreements"
              placeholder="Search title, customer or notes"
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <CustomSelect
              className="filters__status"
              aria-label="Status"
              value={status}
              options={[{ value: ANY_STATUS, label: "Any status" }, ...STATUS_OPTIONS]}
              onValueChange={setStatus}
            />
          </div>
          <DataTable
            aria-label="Agreements"
            columns={columns}
            data={found}
            loading={state.phase === "loading"}
            responsiveColumns
            minColumnWidth={130}
            onVisibleColumnsChange={setShownColumns}
            initialSortKey="title"
            paginate
            defaultPageSize={25}
            onRowClick={(row) => go(agreementPath(row.id))}
            emptyMessage={
              <div className="no-match">
                <p>No agreement matches this search.</p>
                <Button
                  variant="outline"
                  size="sm"
                  onClick={() => {
                    setSearch("");
                    setStatus(ANY_STATUS);
                  }}
                >
                  Clear search
                </Button>
              </div>
            }
          />
          <output className="alga-visually-hidden">
            {search !== "" || status !== ANY_STATUS
              ? `${found.length} of ${all.length} agreements shown`
              : ""}
          </output>
        </>
      )}
    </>
  );
}

function Figures(props: {
  readonly agreements: readonly Agreement[];
  readonly now: number;
  readonly isLoading: boolean;
}): ReactElement {
  const count = (test: (one: Agreement) => boolean): string =>
    props.isLoading ? "–" : String(props.agreements.filter(test).length);
  return (
    <dl className="figures">
      <div>
        <dt>Active</dt>
        <dd>{count((one) => one.status === "active")}</dd>
      </div>
      <div>
        <dt>In draft</dt>
        <dd>{count((one) => one.status === "draft")}</dd>
      </div>
      <div>
        <dt>Ending within 60 days</dt>
        <dd>{count((one) => endsSoon(one, props.now))}</dd>
      </div>
    </dl>
  );
}

function matches(agreement: Agreement, search: string): boolean {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const text = `${agreement.title}\n${agreement.customer}\n${agreement.notes}`.toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

function toColumns(isNarrow: boolean, now: number): readonly Column<Agreement>[] {
  return [
    {
      key: "title",
      header: "Title",
      sortable: true,
      alwaysShow: true,
      ...(isNarrow ? {} : { width: "32%" }),
      render: (row) => (
        <span className="title-cell">
          <span>{row.title}</span>
          {isNarrow && (
            <span className="title-cell__more">
              {row.customer}
              <br />
              {formatMoney(row.value, row.currency)} · {formatDate(row.endDate)}
            </span>
          )}
        </span>
      ),
    },
    { key: "customer", header: "Customer", sortable: true, priority: 20 },
    {
      key: "status",
      header: "Status",
      sortable: true,
      alwaysShow: true,
      width: 110,
      sortValue: (row) => Object.keys(STATUS_LOOK).indexOf(row.status),
      render: (row) => <Badge tone={STATUS_LOOK[row.status].tone}>{STATUS_LOOK[row.status].label}</Badge>,
    },
    {
      key: "value",
      header: "Value",
      sortable: true,
      align: "end",
      priority: 30,
      width: 150,
      render: (row) => <span className="nowrap">{formatMoney(row.value, row.currency)}</span>,
    },
    {
      key: "endDate",
      header: "Ends",
      sortable: true,
      priority: 25,
      width: 190,
      render: (row) => (
        <span className="end-cell">
          <span className="nowrap">{formatDate(row.endDate)}</span>
          {endsSoon(row, now) && <Badge tone="warning">Soon</Badge>}
        </span>
      ),
    },
  ];
}

import type { ExecutionRecord } from "@alga-ext/registry";
import { Badge, Button, CustomSelect, Input } from "@alga-ext/ui-kit";
import { useCallback, useState, type ReactElement } from "react";
import { listCalls } from "../../api/logs.ts";
import { describeOutcome } from "../call-outcome.ts";
import { formatTime, hoursAgo } from "../parts/format.ts";
import { PagedTable } from "../parts/PagedTable.tsx";
import { PERIODS } from "../parts/periods.ts";
import { Section } from "../parts/Section.tsx";
import { Time } from "../parts/Time.tsx";
import { usePaged } from "../parts/usePaged.ts";
import { CallDetail } from "./CallDetail.tsx";
import { useManaged } from "./managed.ts";

const OUTCOMES = [
  { value: "", label: "All outcomes" },
  { value: "ok", label: "Answered" },
  { value: "upstream_error", label: "Answered with an error" },
  { value: "error", label: "Failed" },
  { value: "timeout", label: "Timed out" },
  { value: "policy_denied", label: "Refused" },
  { value: "started", label: "Running" },
];

/** What the extension was asked to do, and what it wrote to its log. */
export function CallsTab(): ReactElement {
  const { registryId } = useManaged();
  const [status, setStatus] = useState("");
  const [hours, setHours] = useState("");
  const [requestId, setRequestId] = useState("");
  const list = usePaged(
    useCallback(
      (cursor: string | null) => {
        const from = hoursAgo(hours);
        const filter = { status, requestId: requestId.trim(), ...(from === undefined ? {} : { from }) };
        return listCalls(registryId, filter, cursor);
      },
      [registryId, status, hours, requestId],
    ),
  );
  const isFiltered = status !== "" || hours !== "" || requestId.trim() !== "";
  return (
    <Section
      title="Recent calls"
      hint="Newest first. Open a row to see what the extension logged."
      isFramed={false}
      actions={
        <Button
          variant="outline"
          loading={list.isLoading && list.items !== null}
          onClick={() => void list.reload()}
        >
          Refresh
        </Button>
      }
    >
      <div className="acme-filters">
        <CustomSelect label="Outcome" value={status} options={OUTCOMES} onValueChange={setStatus} />
        <CustomSelect label="When" value={hours} options={PERIODS} onValueChange={setHours} />
        <Input
          label="Request id"
          spellCheck={false}
          value={requestId}
          onChange={(event) => setRequestId(event.currentTarget.value)}
        />
      </div>
      <PagedTable
        aria-label="Recent calls"
        list={list}
        emptyMessage={
          isFiltered
            ? "No call fits these filters."
            : "No calls yet. Open the extension and they appear here."
        }
        responsiveColumns
        minColumnWidth={200}
        rowLabel={({ method, path, startedAt, requestId: id }) =>
          `${method} ${path}, ${formatTime(startedAt)}, request ${id.slice(0, 8)}`
        }
        renderDetail={(call) => <CallDetail call={call} />}
        columns={[
          {
            key: "startedAt",
            header: "Time",
            width: 190,
            priority: 6,
            render: ({ startedAt }) => <Time at={startedAt} as="time" />,
          },
          {
            key: "path",
            header: "Call",
            alwaysShow: true,
            render: ({ method, path }) => (
              <code className="acme-code">
                <strong>{method}</strong> {path}
              </code>
            ),
          },
          {
            key: "httpStatus",
            header: "Outcome",
            width: 150,
            priority: 1,
            render: (call) => <Outcome call={call} />,
          },
          {
            key: "durationMs",
            header: "ms",
            width: 80,
            align: "end",
            priority: 7,
            render: ({ durationMs }) => (durationMs === null ? "–" : Math.round(durationMs)),
          },
        ]}
      />
    </Section>
  );
}

function Outcome({ call }: { readonly call: ExecutionRecord }): ReactElement {
  const { tone, label, by } = describeOutcome(call);
  return (
    <span className="acme-outcome">
      <Badge tone={tone}>{label}</Badge>
      {by !== null && <span className="acme-outcome__by">{by}</span>}
    </span>
  );
}

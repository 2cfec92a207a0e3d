import type { ExecutionLogEntry } from "@alga-ext/protocol";
import { Alert, Badge, Breadcrumbs, Button, DataTable } from "@alga-ext/ui-kit";
import { useCallback, type ReactElement } from "react";
import { api } from "../api.ts";
import { isPlainClick } from "../Link.tsx";
import { navigate } from "../router.ts";
import { useApp } from "../session.ts";
import { useLoaded } from "../useLoaded.ts";
import { useTitle } from "../useTitle.ts";
import { describeOutcome } from "./call-outcome.ts";

/** What an installed extension was asked to do lately, and what it wrote to its log. */
export function CallsPage({ registryId }: { readonly registryId: string }): ReactElement {
  const { installs } = useApp();
  const name = installs?.find((install) => install.registryId === registryId)?.displayName ?? "Extension";
  useTitle(`Recent calls of ${name}`);
  const logs = useLoaded(useCallback(() => api.logs(registryId), [registryId]));
  return (
    <div className="acme-page">
      <Breadcrumbs
        items={[
          {
            label: "Extensions",
            href: "/admin/extensions",
            onClick: (event) => {
              if (!isPlainClick(event)) return;
              event.preventDefault();
              navigate("/admin/extensions");
            },
          },
          { label: name },
          { label: "Recent calls" },
        ]}
      />
      <header className="acme-page__head">
        <div>
          <h1>Recent calls of {name}</h1>
          <p className="acme-muted">Newest first. Open a row to see what the extension logged.</p>
        </div>
        <Button
          variant="outline"
          loading={logs.isLoading && logs.value !== null}
          onClick={() => void logs.reload()}
        >
          Refresh
        </Button>
      </header>
      {logs.error !== null && <Alert tone="danger">{logs.error}</Alert>}
      <DataTable
        aria-label="Recent calls"
        data={logs.value ?? []}
        loading={logs.isLoading}
        emptyMessage="No calls yet. Open the extension and they appear here."
        paginate
        defaultPageSize={25}
        responsiveColumns
        minColumnWidth={200}
        rowLabel={({ method, path, startedAt, requestId }) =>
          `${method} ${path}, ${formatTime(startedAt)}, request ${requestId.slice(0, 8)}`
        }
        renderDetail={(entry) => <CallDetail entry={entry} />}
        columns={[
          {
            key: "startedAt",
            header: "Time",
            width: 190,
            priority: 6,
            sortable: true,
            render: ({ startedAt }) => (
              <time className="acme-time" dateTime={startedAt}>
                {formatTime(startedAt)}
              </time>
            ),
          },
          {
            key: "path",
            header: "Call",
            alwaysShow: true,
            sortable: true,
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
            sortable: true,
            render: (entry) => <CallStatus entry={entry} />,
          },
          {
            key: "durationMs",
            header: "ms",
            width: 80,
            align: "end",
            priority: 7,
            sortable: true,
            render: ({ durationMs }) => (durationMs === null ? "–" : Math.round(durationMs)),
          },
        ]}
      />
    </div>
  );
}

function CallStatus({ entry }: { readonly entry: ExecutionLogEntry }): ReactElement {
  const { tone, label, by } = describeOutcome(entry);
  return (
    <span className="acme-outcome">
      <Badge tone={tone}>{label}</Badge>
      {by !== null && <span className="acme-outcome__by">{by}</span>}
    </span>
  );
}

function CallDetail({ entry }: { readonly entry: ExecutionLogEntry }): ReactElement {
  return (
    <div className="acme-call">
      <dl>
        <div>
          <dt>Called</dt>
          <dd>
            {entry.method} {entry.path}, {formatTime(entry.startedAt)}
          </dd>
        </div>
        <div>
          <dt>Request id</dt>
          <dd>
            <code>{entry.requestId}</code>
          </dd>
        </div>
        <div>
          <dt>By</dt>
          <dd>{entry.userId ?? "the system"}</dd>
        </div>
        {entry.durationMs !== null && (
          <div>
            <dt>Took</dt>
            <dd>{Math.round(entry.durationMs)} ms</dd>
          </div>
        )}
        {entry.error !== null && (
          <div>
            <dt>Error</dt>
            <dd>{entry.error}</dd>
          </div>
        )}
      </dl>
      {entry.lines.length === 0 ? (
        <p className="acme-muted">It logged nothing.</p>
      ) : (
        <ol className="acme-loglines" aria-label="Log lines">
          {entry.lines.map((line, index) => (
            // eslint-disable-next-line react/no-array-index-key -- log lines have no identity but their position
            <li key={index} data-level={line.level}>
              <span className="acme-loglines__level">{line.level}</span> {line.message}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

const TIME = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

function formatTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : TIME.format(date);
}

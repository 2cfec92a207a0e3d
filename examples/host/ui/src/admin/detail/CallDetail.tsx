import type { ExecutionRecord } from "@alga-ext/registry";
import type { ReactElement } from "react";
import { formatBytes, formatDuration, formatTime } from "../parts/format.ts";
import { Facts, type Fact } from "../parts/Facts.tsx";

const CALLERS: Readonly<Record<string, string>> = {
  "system:event": "an event",
  "system:schedule": "a schedule",
};

/** All that is known of one call. */
export function CallDetail({ call }: { readonly call: ExecutionRecord }): ReactElement {
  return (
    <div className="acme-call">
      <Facts facts={factsOf(call)} />
      {call.lines.length === 0 ? (
        <p className="acme-muted">It logged nothing.</p>
      ) : (
        <ol className="acme-loglines" aria-label="Log lines">
          {call.lines.map((line, index) => (
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

function factsOf(call: ExecutionRecord): readonly Fact[] {
  const { userId, durationMs, error } = call;
  return [
    { label: "Called", value: `${call.method} ${call.path}, ${formatTime(call.startedAt)}` },
    { label: "Request id", value: <code>{call.requestId}</code> },
    { label: "By", value: userId === null ? "the system" : (CALLERS[userId] ?? userId) },
    ...(durationMs === null ? [] : [{ label: "Took", value: formatDuration(durationMs) }]),
    ...(call.cpuMs > 0 ? [{ label: "Computed", value: formatDuration(call.cpuMs) }] : []),
    ...(call.egressBytes > 0 ? [{ label: "Network", value: formatBytes(call.egressBytes) }] : []),
    { label: "Calls to the host", value: call.hostCalls },
    ...(error === null ? [] : [{ label: "Error", value: <code>{error}</code> }]),
  ];
}

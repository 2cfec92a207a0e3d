import type { DebugEntry } from "@alga-ext/gateway";
import { Badge, Button, Dialog } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { adminHref, navigate } from "../../router.ts";
import { describeOutcome } from "../call-outcome.ts";
import { useManaged } from "../detail/managed.ts";
import { Facts } from "../parts/Facts.tsx";
import { formatBytes, formatDuration, formatTime } from "../parts/format.ts";
import { CallQuota } from "./CallQuota.tsx";
import { CallTimeline } from "./CallTimeline.tsx";
import { CallUse } from "./CallUse.tsx";
import { callOf, type LiveRow } from "./live-log.ts";

type Call = NonNullable<DebugEntry["call"]>;

/** Props of {@link CallDialog}. */
export interface CallDialogProps {
  readonly requestId: string;
  readonly rows: readonly LiveRow[];
  readonly onClose: () => void;
}

/** One call: how it went, when it did what, what it used, and what it logged. */
export function CallDialog({ requestId, rows, onClose }: CallDialogProps): ReactElement {
  const { registryId } = useManaged();
  const { lines, end } = callOf(rows, requestId);
  const call = end?.call;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="lg"
      title={call === undefined ? "A call" : `${call.method} ${call.path}`}
      description={`Request ${requestId}`}
      footer={
        <Button variant="outline" onClick={() => navigate(adminHref(registryId, "calls"))}>
          All calls
        </Button>
      }
    >
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be within reach of the keyboard */}
      <section className="acme-stack acme-stack--close" aria-label="The call" tabIndex={0}>
        {call === undefined ? (
          <p className="acme-muted">How it went is not known here: it still runs, or it is too long ago.</p>
        ) : (
          <>
            <CallFacts call={call} />
            <CallTimeline call={call} lines={lines} />
          </>
        )}
        <section className="acme-part">
          <h3>Log</h3>
          {lines.length === 0 ? (
            <p className="acme-muted">It logged nothing.</p>
          ) : (
            <ol className="acme-loglines" aria-label="Log lines">
              {lines.map(({ id, level, message }) => (
                <li key={id} data-level={level}>
                  <span className="acme-loglines__level">{level}</span> {message}
                </li>
              ))}
            </ol>
          )}
        </section>
        {call !== undefined && (
          <>
            <CallUse usage={call.usage} />
            <CallQuota usage={call.usage} />
          </>
        )}
      </section>
    </Dialog>
  );
}

function CallFacts({ call }: { readonly call: Call }): ReactElement {
  const { usage } = call;
  const { tone, label, by } = describeOutcome(call);
  const exceeded = usage?.exceeded ?? [];
  return (
    <Facts
      facts={[
        {
          label: "Outcome",
          value: (
            <span className="acme-inline">
              <Badge tone={tone}>{label}</Badge> {by}
            </span>
          ),
        },
        { label: "Began", value: formatTime(call.startedAt) },
        { label: "Took", value: formatDuration(call.durationMs) },
        ...(usage?.cpu_ms === undefined ? [] : [{ label: "Computed", value: formatDuration(usage.cpu_ms) }]),
        ...(usage?.memory_mb === undefined
          ? []
          : [{ label: "Memory", value: formatBytes(usage.memory_mb * 1024 * 1024) }]),
        ...(usage === null ? [] : [{ label: "Network", value: formatBytes(usage.egress_bytes) }]),
        ...(exceeded.length === 0
          ? []
          : [{ label: "Limits reached", value: exceeded.map(({ limit }) => limit).join(", ") }]),
        ...(call.error === null ? [] : [{ label: "Error", value: <code>{call.error}</code> }]),
      ]}
    />
  );
}

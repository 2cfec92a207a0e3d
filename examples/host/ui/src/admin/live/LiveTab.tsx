import { Badge, Button, CustomSelect, Input, Switch, type BadgeProps } from "@alga-ext/ui-kit";
import { useMemo, useState, type ReactElement } from "react";
import type { StreamState } from "../../api/debug-stream.ts";
import { adminHref, navigate } from "../../router.ts";
import { useApp } from "../../session.ts";
import { useManaged } from "../detail/managed.ts";
import { formatCount, plural } from "../parts/format.ts";
import { Section } from "../parts/Section.tsx";
import { CallDialog } from "./CallDialog.tsx";
import { filterRows, type LiveFilter, type LiveLog } from "./live-log.ts";
import { LogView } from "./LogView.tsx";
import { useLiveLog } from "./useLiveLog.ts";

const LEVELS = [
  { value: "", label: "All levels" },
  { value: "warn", label: "Warnings and errors" },
  { value: "error", label: "Errors" },
];

const STATES: Readonly<Record<StreamState, { tone: NonNullable<BadgeProps["tone"]>; label: string }>> = {
  connecting: { tone: "default", label: "Connecting…" },
  live: { tone: "success", label: "Live" },
  lost: { tone: "warning", label: "Reconnecting…" },
  refused: { tone: "danger", label: "Not allowed" },
};

const NO_FILTER: LiveFilter = { level: "", text: "", requestId: "" };

/** What the extension does, while it does it: calls and what they log, line by line. */
export function LiveTab(): ReactElement {
  const { registryId } = useManaged();
  return <Live key={registryId} />;
}

function Live(): ReactElement {
  const { registryId, name } = useManaged();
  const { installs } = useApp();
  const { log, state, clear } = useLiveLog(registryId);
  const [frozen, setFrozen] = useState<LiveLog | null>(null);
  const [filter, setFilter] = useState(NO_FILTER);
  const [isFollowing, setIsFollowing] = useState(true);
  const [openCall, setOpenCall] = useState<string | null>(null);
  const shown = frozen ?? log;
  const rows = useMemo(() => filterRows(shown.rows, filter), [shown, filter]);
  const waiting = frozen === null ? 0 : log.total - frozen.total;
  const choices = (installs ?? []).map((one) => ({ value: one.registryId, label: one.displayName }));
  const isKnown = choices.some(({ value }) => value === registryId);
  const { tone, label } = STATES[state];
  const set = (change: Partial<LiveFilter>): void => setFilter((now) => ({ ...now, ...change }));

  return (
    <Section
      title="Live log"
      hint="Calls and what they log appear as they end. Choose a call to see its lines, timing and use together."
      isFramed={false}
      actions={
        <>
          <output>
            <Badge tone={frozen === null ? tone : "info"}>{frozen === null ? label : "Paused"}</Badge>
          </output>
          <Switch label="Follow" checked={isFollowing} onCheckedChange={setIsFollowing} />
          <Button variant="outline" onClick={() => setFrozen(frozen === null ? log : null)}>
            {frozen === null ? "Pause" : waiting === 0 ? "Resume" : `Resume, ${formatCount(waiting)} new`}
          </Button>
          <Button
            variant="outline"
            onClick={() => {
              setFrozen(null);
              clear();
            }}
          >
            Clear
          </Button>
        </>
      }
    >
      <div className="acme-filters acme-filters--wide">
        <CustomSelect
          label="Extension"
          value={registryId}
          options={isKnown ? choices : [{ value: registryId, label: name }, ...choices]}
          onValueChange={(next) => navigate(adminHref(next, "live"))}
        />
        <CustomSelect
          label="Level"
          value={filter.level}
          options={LEVELS}
          onValueChange={(level) => set({ level })}
        />
        <Input
          label="Text"
          value={filter.text}
          onChange={(event) => set({ text: event.currentTarget.value })}
        />
        <Input
          label="Request id"
          spellCheck={false}
          value={filter.requestId}
          onChange={(event) => set({ requestId: event.currentTarget.value })}
        />
      </div>
      <LogView
        rows={rows}
        isFollowing={isFollowing}
        onFollow={setIsFollowing}
        onOpen={setOpenCall}
        emptyMessage={
          shown.rows.length === 0
            ? "Nothing yet. Use the extension and its calls appear here."
            : "No line fits these filters."
        }
      />
      {rows.length < shown.rows.length && (
        <p className="acme-muted">
          {formatCount(rows.length)} of {plural(shown.rows.length, "line")} fit these filters.
        </p>
      )}
      {openCall !== null && (
        // Of all that came, also what a pause or a filter hides.
        <CallDialog requestId={openCall} rows={log.rows} onClose={() => setOpenCall(null)} />
      )}
    </Section>
  );
}

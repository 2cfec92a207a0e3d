import { useEffect, useRef, type KeyboardEvent, type ReactElement } from "react";
import { plural } from "../parts/format.ts";
import type { LiveRow } from "./live-log.ts";

/** Props of {@link LogView}. */
export interface LogViewProps {
  readonly rows: readonly LiveRow[];
  /** Whether the newest line is kept in view. */
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
  /** Called with the request id of the call that was chosen. */
  readonly onOpen: (requestId: string) => void;
  readonly emptyMessage: string;
}

/** Lines on the page; older ones are found by filters. */
const MAX_SHOWN = 500;
const TIME = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});
/** How far from the end still counts as the end, in CSS pixels. */
const NEAR_END = 24;

/** The lines of a log, the newest last: Tab goes into it once, arrows move from call to call. */
export function LogView({ rows, isFollowing, onFollow, onOpen, emptyMessage }: LogViewProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const shown = rows.slice(-MAX_SHOWN);
  const newest = rows.at(-1)?.key;
  const lastCall = shown.findLast((row) => row.kind === "event" && row.event.requestId !== null)?.key;
  useEffect(() => {
    if (isFollowing && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [isFollowing, newest]);

  const onKeyDown = (event: KeyboardEvent<HTMLButtonElement>): void => {
    const step = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    const buttons = [...(box.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(event.currentTarget) + step;
    event.preventDefault();
    buttons[Math.min(buttons.length - 1, Math.max(0, at))]?.focus();
  };

  return (
    <div
      ref={box}
      className="acme-loglines acme-live"
      role="log"
      aria-label="Live log"
      // Lines may come by the hundred: they are there to be read, not to be read out.
      aria-live="off"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be within reach of the keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
        if (isAtEnd !== isFollowing) onFollow(isAtEnd);
      }}
    >
      {shown.length === 0 && <p className="acme-muted">{emptyMessage}</p>}
      {rows.length > shown.length && (
        <p className="acme-muted">
          {plural(rows.length - shown.length, "older line")} not shown; filter to find them.
        </p>
      )}
      {shown.map((row) => (
        <Row key={row.key} row={row} isStop={row.key === lastCall} onOpen={onOpen} onKeyDown={onKeyDown} />
      ))}
    </div>
  );
}

function Row({
  row,
  isStop,
  onOpen,
  onKeyDown,
}: {
  readonly row: LiveRow;
  /** Whether Tab stops here. */
  readonly isStop: boolean;
  readonly onOpen: (requestId: string) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLButtonElement>) => void;
}): ReactElement {
  if (row.kind === "gap") {
    const { missed } = row;
    return (
      <p className="acme-live__gap">
        {missed === null ? "Lines may be missing here" : `${plural(missed, "line")} missing here`}: more came
        than is kept.
      </p>
    );
  }
  const { ts, level, stream, message, truncated, requestId } = row.event;
  return (
    <div className="acme-live__row" data-level={level} data-stream={stream}>
      <time dateTime={ts} title={ts}>
        {timeOf(ts)}
      </time>
      <span className="acme-loglines__level">{stream === "call" ? "call" : level}</span>
      <span className="acme-live__message">
        {message}
        {truncated && <span className="acme-muted"> … cut</span>}
      </span>
      {requestId !== null && (
        <button
          type="button"
          className="acme-live__open"
          // One stop for Tab; arrows go on from there.
          tabIndex={isStop ? 0 : -1}
          aria-label={`Open call ${requestId.slice(0, 8)}: ${message.slice(0, 80)}`}
          onClick={() => onOpen(requestId)}
          onKeyDown={onKeyDown}
        >
          {requestId.slice(0, 8)}
        </button>
      )}
    </div>
  );
}

function timeOf(ts: string): string {
  const date = new Date(ts);
  return Number.isNaN(date.getTime()) ? ts : TIME.format(date);
}

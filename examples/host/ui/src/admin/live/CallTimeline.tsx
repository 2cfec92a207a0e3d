import type { DebugEntry } from "@alga-ext/gateway";
import type { ReactElement } from "react";
import { formatDuration, plural } from "../parts/format.ts";
import { nameOf } from "./name-of.ts";

type Call = NonNullable<DebugEntry["call"]>;
type Span = readonly [atMs: number, ms: number];

/** When a call did what: one row for each function it used, and one for its log. */
export function CallTimeline({
  call,
  lines,
}: {
  readonly call: Call;
  readonly lines: readonly DebugEntry[];
}): ReactElement {
  const began = Date.parse(call.startedAt);
  const logged = lines.map(({ ts }): Span => [Math.max(0, Date.parse(ts) - began), 0]);
  const used = (call.usage?.capabilities ?? []).filter(({ target }) => !target.includes("/logging#"));
  const ran = call.usage?.duration_ms;
  // Both clocks run from admission, the runner's later: what is not its own time went before.
  const leadMs = ran === undefined ? 0 : Math.max(0, call.durationMs - ran);
  const rows: readonly (readonly [label: string, spans: readonly Span[]])[] = [
    ["Host", ran === undefined ? [] : [[0, leadMs]]],
    ["Extension", ran === undefined ? [] : [[leadMs, ran]]],
    ...used.map(({ target, spans }) => {
      return [nameOf(target), spans.map(([at, ms]): Span => [leadMs + at, ms])] as const;
    }),
    ["Log", logged],
  ];
  const drawn = rows.filter(([, spans]) => spans.length > 0);
  const endMs = Math.max(
    1,
    call.durationMs,
    ...drawn.flatMap(([, spans]) => spans.map(([at, ms]) => at + ms)),
  );
  return (
    <section className="acme-part">
      <h3>Timeline</h3>
      {drawn.length === 0 ? (
        <p className="acme-muted">The runner told nothing of it.</p>
      ) : (
        <ul className="acme-timeline">
          {drawn.map(([label, spans]) => (
            <li key={label}>
              <span>
                {label} <span className="acme-muted">{describe(spans)}</span>
              </span>
              <span className="acme-timeline__track" aria-hidden="true">
                {spans.map(([at, ms], index) => (
                  <span
                    // eslint-disable-next-line react/no-array-index-key -- spans have no identity but their position
                    key={index}
                    title={describe([[at, ms]])}
                    style={{
                      insetInlineStart: `${(at / endMs) * 100}%`,
                      inlineSize: `${(ms / endMs) * 100}%`,
                    }}
                  />
                ))}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="acme-timeline__axis acme-muted">
        <span>0</span>
        <span>{formatDuration(endMs)}</span>
      </p>
    </section>
  );
}

function describe(spans: readonly Span[]): string {
  const [first] = spans;
  if (first === undefined) return "";
  const [at, ms] = first;
  if (spans.length > 1) return `${plural(spans.length, "time")}, first at ${formatDuration(at)}`;
  return ms === 0 ? `at ${formatDuration(at)}` : `at ${formatDuration(at)}, for ${precise(ms)}`;
}

/** Most uses take less than a millisecond, and that is worth seeing. */
function precise(ms: number): string {
  return ms < 10 ? `${Math.round(ms * 10) / 10} ms` : formatDuration(ms);
}

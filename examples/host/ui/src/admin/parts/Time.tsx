import type { ReactElement } from "react";
import { formatDay, formatMoment, formatTime } from "./format.ts";

const FORMATS = { time: formatTime, day: formatDay, moment: formatMoment } as const;

/** A moment as people read it; the exact one is in its title. */
export function Time({
  at,
  as = "moment",
}: {
  readonly at: string;
  /** To the second, the day or the minute. @default "moment" */
  readonly as?: keyof typeof FORMATS;
}): ReactElement {
  return (
    <time className="acme-time" dateTime={at} title={at}>
      {FORMATS[as](at)}
    </time>
  );
}

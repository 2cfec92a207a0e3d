import { useId, type ReactElement } from "react";

/** Props of {@link Meter}. */
export interface MeterProps {
  readonly label: string;
  readonly value: number;
  /** Null for none. */
  readonly limit: number | null;
  readonly format: (amount: number) => string;
}

/** How much of a limit is used: said, and drawn where there is a limit. */
export function Meter({ label, value, limit, format }: MeterProps): ReactElement {
  const labelId = useId();
  const share = limit === null ? 0 : limit === 0 ? 1 : Math.min(1, value / limit);
  const level = share >= 1 ? "full" : share >= 0.8 ? "high" : "fine";
  return (
    <div className="acme-meter">
      <span className="acme-meter__words">
        <span id={labelId}>{label}</span>
        <span className="acme-muted">
          {limit !== null
            ? `${format(value)} of ${format(limit)}`
            : value === 0
              ? "No limit"
              : `${format(value)} used, no limit`}
        </span>
      </span>
      {limit !== null && (
        <progress aria-labelledby={labelId} data-level={level} max={1} value={share}>
          {Math.round(share * 100)} %
        </progress>
      )}
    </div>
  );
}

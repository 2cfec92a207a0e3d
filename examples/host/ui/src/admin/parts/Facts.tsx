import type { ReactElement, ReactNode } from "react";

/** One thing that is so. */
export interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

/** Labels with their values. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): ReactElement {
  return (
    <dl className="acme-facts">
      {facts.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

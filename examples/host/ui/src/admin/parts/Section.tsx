import { Card } from "@alga-ext/ui-kit";
import { useId, type ReactElement, type ReactNode } from "react";

/** Props of {@link Section}. */
export interface SectionProps {
  readonly title: string;
  /** One or two sentences below the title. */
  readonly hint?: ReactNode;
  /** What can be done here, beside the title. */
  readonly actions?: ReactNode;
  /** A table brings its own frame. @default true */
  readonly isFramed?: boolean;
  readonly children: ReactNode;
}

/** A part of a page with its name. */
export function Section({ title, hint, actions, isFramed = true, children }: SectionProps): ReactElement {
  const headingId = useId();
  return (
    <section className="acme-section" aria-labelledby={headingId}>
      <div className="acme-section__head">
        <div>
          <h2 id={headingId}>{title}</h2>
          {hint !== undefined && <p className="acme-muted">{hint}</p>}
        </div>
        {actions !== undefined && <div className="acme-section__actions">{actions}</div>}
      </div>
      {isFramed ? <Card className="acme-section__body">{children}</Card> : children}
    </section>
  );
}

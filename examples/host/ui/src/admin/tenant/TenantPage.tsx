import type { ReactElement, ReactNode } from "react";
import { useTitle } from "../../useTitle.ts";

/** Props of {@link TenantPage}. */
export interface TenantPageProps {
  readonly title: string;
  readonly hint: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page about the whole tenant. */
export function TenantPage({ title, hint, actions, children }: TenantPageProps): ReactElement {
  useTitle(title);
  return (
    <div className="acme-page">
      <header className="acme-page__head">
        <div>
          <h1>{title}</h1>
          <p className="acme-muted">{hint}</p>
        </div>
        {actions}
      </header>
      {children}
    </div>
  );
}

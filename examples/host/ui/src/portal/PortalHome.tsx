import { Alert, Button, Card, Skeleton } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import type { PortalExtension } from "../api/portal.ts";
import { Link } from "../Link.tsx";
import { extensionHref } from "../router.ts";
import { useApp } from "../session.ts";
import type { Loaded } from "../useLoaded.ts";
import { useTitle } from "../useTitle.ts";

/** The first page of the portal: whose it is, and what can be opened. */
export function PortalHome({
  extensions,
}: {
  readonly extensions: Loaded<readonly PortalExtension[]>;
}): ReactElement {
  const { clientName, tenantName } = useApp().session.user;
  useTitle("Overview");
  const { value, error, reload } = extensions;
  return (
    <div className="acme-page">
      <header className="acme-page__head">
        <div>
          <h1>{clientName}</h1>
          <p className="acme-muted">What {tenantName} shares with you.</p>
        </div>
      </header>
      {error !== null && (
        <Alert tone="danger">
          {error}{" "}
          <Button variant="outline" size="sm" onClick={() => void reload()}>
            Try again
          </Button>
        </Alert>
      )}
      {value === null && error === null && (
        <Card aria-busy="true">
          <Skeleton lines={3} />
        </Card>
      )}
      {value !== null && (
        <Card className="acme-list">
          {value.length === 0 && <p className="acme-list__empty">Nothing is shared with you yet.</p>}
          {value.length > 0 && (
            <ul>
              {value.map(({ registryId, label }) => (
                <li key={registryId}>
                  <Link className="acme-list__link" href={extensionHref(registryId)}>
                    <span className="acme-monogram" aria-hidden="true">
                      {label.slice(0, 1)}
                    </span>
                    <span className="acme-list__text">
                      <strong>{label}</strong>
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </Card>
      )}
    </div>
  );
}

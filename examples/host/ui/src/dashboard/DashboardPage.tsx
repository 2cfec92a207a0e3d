import { Badge, Card, DataTable, Skeleton, type BadgeProps } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { Icon, type IconName } from "../Icon.tsx";
import { Link } from "../Link.tsx";
import { extensionHref } from "../router.ts";
import { useApp } from "../session.ts";
import { useTitle } from "../useTitle.ts";
import { ClientsCard } from "./ClientsCard.tsx";

interface Figure {
  readonly icon: IconName;
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

const FIGURES: readonly Figure[] = [
  { icon: "ticket", label: "Open tickets", value: "14", note: "3 are due today" },
  { icon: "people", label: "Active clients", value: "28", note: "2 joined this month" },
  { icon: "clock", label: "Unbilled hours", value: "36.5", note: "over 9 projects" },
];

interface Ticket {
  readonly id: string;
  readonly subject: string;
  readonly client: string;
  readonly priority: "High" | "Normal" | "Low";
}

const TICKETS: readonly Ticket[] = [
  {
    id: "1482",
    subject: "Mailboxes stopped syncing after the move",
    client: "Northwind Traders",
    priority: "High",
  },
  { id: "1479", subject: "New laptop for the sales team", client: "Fabrikam", priority: "Normal" },
  { id: "1476", subject: "VPN drops every evening", client: "Contoso Health", priority: "High" },
  { id: "1471", subject: "Add a shared calendar", client: "Tailspin Toys", priority: "Low" },
];

const TONES = { High: "danger", Normal: "info", Low: "default" } as const satisfies Record<
  Ticket["priority"],
  BadgeProps["tone"]
>;

/** What somebody sees first: a few made-up figures of the desk and the real list of extensions. */
export function DashboardPage(): ReactElement {
  useTitle("Dashboard");
  const { user } = useApp().session;
  return (
    <div className="acme-page">
      <header className="acme-page__head">
        <div>
          <h1>Welcome back, {user.name.split(" ")[0]}</h1>
          <p className="acme-muted">Here is how things stand at {user.tenantName}.</p>
        </div>
        <Badge>Demo data</Badge>
      </header>
      <ul className="acme-figures" aria-label="Key figures">
        {FIGURES.map((figure) => (
          <li key={figure.label}>
            <Card className="acme-figure">
              <span className="acme-figure__label">
                <Icon name={figure.icon} />
                {figure.label}
              </span>
              <span className="acme-figure__value">{figure.value}</span>
              <span className="acme-muted">{figure.note}</span>
            </Card>
          </li>
        ))}
      </ul>
      <div className="acme-split">
        <section aria-labelledby="tickets-heading">
          <h2 id="tickets-heading">Recent tickets</h2>
          <DataTable
            aria-label="Recent tickets"
            data={TICKETS}
            responsiveColumns
            columns={[
              { key: "id", header: "No.", width: 72, priority: 4, render: (ticket) => `#${ticket.id}` },
              { key: "subject", header: "Subject", alwaysShow: true },
              { key: "client", header: "Client", priority: 5 },
              {
                key: "priority",
                header: "Priority",
                width: 110,
                priority: 1,
                render: ({ priority }) => <Badge tone={TONES[priority]}>{priority}</Badge>,
              },
            ]}
          />
        </section>
        <section aria-labelledby="extensions-heading">
          <h2 id="extensions-heading">Your extensions</h2>
          <InstalledExtensions />
          <h2>Clients</h2>
          <ClientsCard />
        </section>
      </div>
    </div>
  );
}

function InstalledExtensions(): ReactElement {
  const { session, installs } = useApp();
  const usable = installs?.filter(({ enabled, hasUi }) => enabled && hasUi);
  if (usable === undefined) {
    return (
      <Card>
        <Skeleton lines={3} />
      </Card>
    );
  }
  return (
    <Card className="acme-list">
      {usable.length === 0 && (
        <p className="acme-list__empty">
          No extension is installed for {session.user.tenantName} yet.
          {session.user.role === "member" && " An administrator can add one."}
        </p>
      )}
      {usable.length > 0 && (
        <ul>
          {usable.map(({ registryId, displayName, menuLabel, version }) => (
            <li key={registryId}>
              <Link className="acme-list__link" href={extensionHref(registryId)}>
                <span className="acme-monogram" aria-hidden="true">
                  {(menuLabel ?? displayName).slice(0, 1)}
                </span>
                <span className="acme-list__text">
                  <strong>{menuLabel ?? displayName}</strong>
                  <span className="acme-muted">Version {version}</span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {session.user.role === "admin" && (
        <Link className="acme-list__more" href="/admin/extensions">
          Browse and manage extensions
        </Link>
      )}
    </Card>
  );
}

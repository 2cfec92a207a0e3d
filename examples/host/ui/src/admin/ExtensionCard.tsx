import { Badge, Button, Card, Switch } from "@alga-ext/ui-kit";
import { useId, type ReactElement } from "react";
import type { CatalogRow } from "../api/catalog.ts";
import { Link } from "../Link.tsx";
import { adminHref, extensionHref } from "../router.ts";
import { newerVersions } from "./consent.ts";
import { plural } from "./parts/format.ts";

/** Props of {@link ExtensionCard}. */
export interface ExtensionCardProps {
  readonly entry: CatalogRow;
  readonly isBusy: boolean;
  readonly onInstall: () => void;
  readonly onEnabledChange: (enabled: boolean) => void;
}

/** One published extension with its state and what is done with it most. */
export function ExtensionCard({
  entry,
  isBusy,
  onInstall,
  onEnabledChange,
}: ExtensionCardProps): ReactElement {
  const headingId = useId();
  const { install, displayName, registryId } = entry;
  const newer = install === null || install.pinned ? undefined : newerVersions(entry, install)[0];
  return (
    <article aria-labelledby={headingId}>
      <Card className="acme-extension">
        <span className="acme-monogram acme-monogram--lg" aria-hidden="true">
          {displayName.slice(0, 1)}
        </span>
        <div className="acme-extension__text">
          <div className="acme-extension__title">
            <h2 id={headingId}>
              <Link className="acme-extension__link" href={adminHref(registryId)}>
                {displayName}
              </Link>
            </h2>
            {install === null && <Badge>Not installed</Badge>}
            {install?.enabled === true && <Badge tone="success">Installed</Badge>}
            {install?.enabled === false && <Badge tone="warning">Disabled</Badge>}
            {newer !== undefined && <Badge tone="info">{newer.version} available</Badge>}
          </div>
          <p className="acme-muted">
            {entry.publisher} · Version {install?.version ?? entry.versions[0]?.version ?? "–"}
          </p>
          {entry.description !== "" && <p className="acme-extension__description">{entry.description}</p>}
          {install !== null && <Attention entry={entry} />}
        </div>
        <div className="acme-extension__actions">
          {install === null ? (
            <Button aria-label={`Install ${displayName}`} onClick={onInstall}>
              Install
            </Button>
          ) : (
            <>
              <Switch
                label={<span aria-hidden="true">{install.enabled ? "On" : "Off"}</span>}
                aria-label={`Enabled: ${displayName}`}
                checked={install.enabled}
                disabled={isBusy}
                onCheckedChange={onEnabledChange}
              />
              {install.enabled && install.hasUi && (
                <Link
                  className="alga-button alga-button--outline alga-button--md"
                  href={extensionHref(registryId)}
                  aria-label={`Open ${displayName}`}
                >
                  Open
                </Link>
              )}
              <Link
                className="alga-button alga-button--outline alga-button--md"
                href={adminHref(registryId)}
                aria-label={`Manage ${displayName}`}
              >
                Manage
              </Link>
            </>
          )}
        </div>
      </Card>
    </article>
  );
}

/** What waits for an administrator. */
function Attention({ entry: { install, registryId } }: { readonly entry: CatalogRow }): ReactElement | null {
  const pending = install?.pendingConsent.length ?? 0;
  const problems = install?.settingProblems.length ?? 0;
  if (pending === 0 && problems === 0) return null;
  return (
    <ul className="acme-extension__pending">
      {pending > 0 && (
        <li>
          {plural(pending, "permission")} it asks for {pending === 1 ? "is" : "are"} not granted.{" "}
          <Link href={adminHref(registryId, "permissions")}>Review permissions</Link>
        </li>
      )}
      {problems > 0 && (
        <li>
          {plural(problems, "setting")} {problems === 1 ? "needs" : "need"} attention.{" "}
          <Link href={adminHref(registryId, "settings")}>Open settings</Link>
        </li>
      )}
    </ul>
  );
}

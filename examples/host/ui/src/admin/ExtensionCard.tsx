import type { CatalogEntry } from "@alga-ext/protocol";
import { Badge, Button, Card, DropdownMenu, Switch } from "@alga-ext/ui-kit";
import { useId, type ReactElement } from "react";
import { Icon } from "../Icon.tsx";
import { Link } from "../Link.tsx";
import { extensionHref, navigate } from "../router.ts";
import { newerVersions } from "./consent.ts";

/** The dialogs an extension card can open. */
export type DialogName = "install" | "update" | "version" | "permissions" | "secrets" | "uninstall";

/** Props of {@link ExtensionCard}. */
export interface ExtensionCardProps {
  readonly entry: CatalogEntry;
  readonly isBusy: boolean;
  readonly onOpen: (dialog: DialogName) => void;
  readonly onEnabledChange: (enabled: boolean) => void;
}

/** One published extension with its state and what can be done about it. */
export function ExtensionCard({ entry, isBusy, onOpen, onEnabledChange }: ExtensionCardProps): ReactElement {
  const headingId = useId();
  const { install, displayName } = entry;
  const newer = install === null ? [] : newerVersions(entry, install);
  return (
    <article aria-labelledby={headingId}>
      <Card className="acme-extension">
        <span className="acme-monogram acme-monogram--lg" aria-hidden="true">
          {displayName.slice(0, 1)}
        </span>
        <div className="acme-extension__text">
          <div className="acme-extension__title">
            <h2 id={headingId}>{displayName}</h2>
            {install === null && <Badge>Not installed</Badge>}
            {install?.enabled === true && <Badge tone="success">Installed</Badge>}
            {install?.enabled === false && <Badge tone="warning">Disabled</Badge>}
            {newer[0] !== undefined && <Badge tone="info">{newer[0].version} available</Badge>}
          </div>
          <p className="acme-muted">
            {entry.publisher} · Version {install?.version ?? entry.versions[0]?.version ?? "–"}
          </p>
          {entry.description !== "" && <p className="acme-extension__description">{entry.description}</p>}
          {install !== null && install.pendingConsent.length > 0 && (
            <p className="acme-extension__pending">
              {install.pendingConsent.length === 1
                ? "1 permission it asks for is not granted. "
                : `${install.pendingConsent.length} permissions it asks for are not granted. `}
              <Button variant="link" onClick={() => onOpen("permissions")}>
                Review
              </Button>
            </p>
          )}
        </div>
        <div className="acme-extension__actions">
          {install === null ? (
            <Button aria-label={`Install ${displayName}`} onClick={() => onOpen("install")}>
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
              {newer.length > 0 && (
                <Button variant="soft" aria-label={`Update ${displayName}`} onClick={() => onOpen("update")}>
                  Update
                </Button>
              )}
              {install.enabled && install.hasUi && (
                <Link
                  className="alga-button alga-button--outline alga-button--md"
                  href={extensionHref(entry.registryId)}
                  aria-label={`Open ${displayName}`}
                >
                  Open
                </Link>
              )}
              <DropdownMenu
                align="right"
                trigger={
                  <Button
                    variant="ghost"
                    size="icon"
                    className="acme-extension__more"
                    aria-label={`More actions for ${displayName}`}
                  >
                    <Icon name="more" />
                  </Button>
                }
                items={[
                  { key: "permissions", label: "Permissions", onClick: () => onOpen("permissions") },
                  ...(entry.versions.length > 1
                    ? [{ key: "version", label: "Change version", onClick: () => onOpen("version") }]
                    : []),
                  { key: "secrets", label: "Secrets", onClick: () => onOpen("secrets") },
                  {
                    key: "calls",
                    label: "Recent calls",
                    onClick: () =>
                      navigate(`/admin/extensions/${encodeURIComponent(entry.registryId)}/calls`),
                  },
                  {
                    key: "uninstall",
                    label: "Uninstall",
                    danger: true,
                    divider: true,
                    onClick: () => onOpen("uninstall"),
                  },
                ]}
              />
            </>
          )}
        </div>
      </Card>
    </article>
  );
}

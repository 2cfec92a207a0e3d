import { Alert, Badge, Button, Switch } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { setEnabled } from "../../api/installs.ts";
import { Link } from "../../Link.tsx";
import { extensionHref } from "../../router.ts";
import { newerVersions } from "../consent.ts";
import { InstallDialog } from "../InstallDialog.tsx";
import { UpdateDialog } from "../UpdateDialog.tsx";
import { useAction } from "../useAction.ts";
import { useManaged } from "./managed.ts";

/** Name, state and what is done most. */
export function ManageHead(): ReactElement {
  const { registryId, name, data, entry, done, reload } = useManaged();
  const { extension, install } = data;
  const [dialog, setDialog] = useState<"install" | "update" | null>(null);
  const toggle = useAction();
  const newer = entry === null || install === null ? undefined : newerVersions(entry, install)[0];
  const close = (): void => setDialog(null);
  const finish = (message: string): void => {
    close();
    void done(message);
  };
  return (
    <>
      <header className="acme-manage">
        <span className="acme-monogram acme-monogram--lg" aria-hidden="true">
          {name.slice(0, 1)}
        </span>
        <div className="acme-manage__text">
          <div className="acme-manage__title">
            <h1>{name}</h1>
            {install === null && <Badge>Not installed</Badge>}
            {install?.enabled === true && <Badge tone="success">Enabled</Badge>}
            {install?.enabled === false && <Badge tone="warning">Disabled</Badge>}
            {install?.pinned === true && <Badge>Pinned</Badge>}
            {newer !== undefined && <Badge tone="info">{newer.version} available</Badge>}
          </div>
          <p className="acme-muted">
            {extension.publisher} · Version {install?.version ?? extension.newest?.version ?? "–"}
          </p>
        </div>
        <div className="acme-manage__actions">
          {install === null && entry !== null && (
            <Button aria-label={`Install ${name}`} onClick={() => setDialog("install")}>
              Install
            </Button>
          )}
          {install !== null && (
            <Switch
              label={<span aria-hidden="true">{install.enabled ? "On" : "Off"}</span>}
              aria-label={`Enabled: ${name}`}
              checked={install.enabled}
              disabled={toggle.isBusy}
              onCheckedChange={(enabled) =>
                void toggle.run(async () => {
                  await setEnabled(registryId, enabled);
                  await done(`${name} is ${enabled ? "enabled" : "disabled"}.`);
                })
              }
            />
          )}
          {newer !== undefined && (
            <Button aria-label={`Update ${name}`} onClick={() => setDialog("update")}>
              Update
            </Button>
          )}
          {install?.enabled === true && install.hasUi && (
            <Link
              className="alga-button alga-button--outline alga-button--md"
              href={extensionHref(registryId)}
              aria-label={`Open ${name}`}
            >
              Open
            </Link>
          )}
        </div>
      </header>
      {toggle.error !== null && <Alert tone="danger">{toggle.error}</Alert>}
      {dialog === "install" && entry !== null && (
        <InstallDialog entry={entry} onClose={close} onDone={finish} onStale={reload} />
      )}
      {dialog === "update" && entry !== null && install !== null && (
        <UpdateDialog
          entry={entry}
          install={install}
          channels={extension.channels}
          mode="update"
          onClose={close}
          onDone={finish}
        />
      )}
    </>
  );
}

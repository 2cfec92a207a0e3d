import type { CatalogEntry } from "@alga-ext/protocol";
import { Alert, Button, Card, SearchInput, Skeleton } from "@alga-ext/ui-kit";
import { useRef, useState, type ReactElement } from "react";
import { api } from "../api.ts";
import { useApp } from "../session.ts";
import { useLoaded } from "../useLoaded.ts";
import { useTitle } from "../useTitle.ts";
import { ExtensionCard, type DialogName } from "./ExtensionCard.tsx";
import { InstallDialog } from "./InstallDialog.tsx";
import { PermissionsDialog } from "./PermissionsDialog.tsx";
import { SecretsDialog } from "./SecretsDialog.tsx";
import { UninstallDialog } from "./UninstallDialog.tsx";
import { UpdateDialog } from "./UpdateDialog.tsx";
import { useAction } from "./useAction.ts";

interface OpenDialog {
  readonly name: DialogName;
  readonly registryId: string;
}

/** The administrator's list of everything published, with the tenant's installs. */
export function ExtensionsPage(): ReactElement {
  useTitle("Extensions");
  const { session, refreshInstalls } = useApp();
  const catalog = useLoaded(api.catalog);
  const [query, setQuery] = useState("");
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const noticeBox = useRef<HTMLDivElement>(null);
  const toggle = useAction();

  const reload = (): Promise<unknown> => Promise.all([catalog.reload(), refreshInstalls()]);
  async function done(message: string): Promise<void> {
    setDialog(null);
    setNotice(message);
    await reload();
    // Installing and uninstalling take away the button that had focus.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) noticeBox.current?.focus();
    });
  }
  async function setEnabled(entry: CatalogEntry, enabled: boolean): Promise<void> {
    setNotice(null);
    const worked = await toggle.run(async () => {
      await api.setEnabled(entry.registryId, enabled);
      await reload();
    });
    if (worked) setNotice(`${entry.displayName} is ${enabled ? "enabled" : "disabled"}.`);
  }

  const shown = catalog.value?.filter((entry) => matches(entry, query));
  return (
    <div className="acme-page">
      <header className="acme-page__head">
        <div>
          <h1>Extensions</h1>
          <p className="acme-muted">
            What is published, and what {session.user.tenantName} uses. Extensions run in a sandbox and can do
            only what you grant.
          </p>
        </div>
      </header>
      {(catalog.value?.length ?? 0) > 3 && (
        <SearchInput
          className="acme-search"
          placeholder="Search extensions"
          value={query}
          onSearch={setQuery}
        />
      )}
      <div ref={noticeBox} className="acme-notice" aria-live="polite" tabIndex={-1}>
        {notice !== null && (
          <Alert tone="success" role="none">
            {notice}
          </Alert>
        )}
      </div>
      {toggle.error !== null && <Alert tone="danger">{toggle.error}</Alert>}
      {catalog.error !== null && (
        <Alert tone="danger">
          {catalog.error}{" "}
          <Button variant="link" onClick={() => void catalog.reload()}>
            Try again
          </Button>
        </Alert>
      )}
      {shown === undefined && catalog.isLoading && (
        <Card>
          <Skeleton lines={3} />
        </Card>
      )}
      {shown?.length === 0 && (
        <Card className="acme-empty">
          {query === "" ? "Nothing is published yet." : `Nothing matches “${query}”.`}
        </Card>
      )}
      {shown !== undefined && shown.length > 0 && (
        <ul className="acme-extensions" aria-label="Published extensions">
          {shown.map((entry) => (
            <li key={entry.registryId}>
              <ExtensionCard
                entry={entry}
                isBusy={toggle.isBusy}
                onOpen={(name) => {
                  setNotice(null);
                  setDialog({ name, registryId: entry.registryId });
                }}
                onEnabledChange={(enabled) => void setEnabled(entry, enabled)}
              />
            </li>
          ))}
        </ul>
      )}
      <CardDialog
        dialog={dialog}
        entry={catalog.value?.find(({ registryId }) => registryId === dialog?.registryId)}
        onClose={() => setDialog(null)}
        onDone={(message) => void done(message)}
        onStale={reload}
      />
    </div>
  );
}

function matches({ displayName, publisher, description }: CatalogEntry, query: string): boolean {
  return `${displayName} ${publisher} ${description}`.toLowerCase().includes(query.trim().toLowerCase());
}

interface CardDialogProps {
  readonly dialog: OpenDialog | null;
  readonly entry: CatalogEntry | undefined;
  readonly onClose: () => void;
  readonly onDone: (message: string) => void;
  readonly onStale: () => Promise<unknown>;
}

function CardDialog({ dialog, entry, onClose, onDone, onStale }: CardDialogProps): ReactElement | null {
  if (dialog === null || entry === undefined) return null;
  const common = { entry, onClose, onDone, onStale };
  if (dialog.name === "install") return <InstallDialog {...common} />;
  const { install } = entry;
  if (install === null) return null;
  if (dialog.name === "update") return <UpdateDialog {...common} install={install} mode="update" />;
  if (dialog.name === "version") return <UpdateDialog {...common} install={install} mode="change" />;
  if (dialog.name === "permissions") return <PermissionsDialog {...common} install={install} />;
  if (dialog.name === "secrets") return <SecretsDialog {...common} install={install} />;
  return <UninstallDialog {...common} install={install} />;
}

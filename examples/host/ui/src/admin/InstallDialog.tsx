import type { CatalogEntry } from "@alga-ext/protocol";
import { Alert, Button, CustomSelect, Dialog } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { ApiError, api } from "../api.ts";
import { useApp } from "../session.ts";
import { ConsentList } from "./ConsentList.tsx";
import { consentKey, consentOf, selectable, toGrants, usable } from "./consent.ts";
import { useAction } from "./useAction.ts";

/** Props of the dialogs that change one extension. */
export interface ExtensionDialogProps {
  readonly entry: CatalogEntry;
  readonly onClose: () => void;
  /** Something was changed; `message` says what. */
  readonly onDone: (message: string) => void;
  /** What `entry` says is not true any more; read it again. */
  readonly onStale: () => Promise<unknown>;
}

/** The consent screen: which version, and what it may do. */
export function InstallDialog({ entry, onClose, onDone, onStale }: ExtensionDialogProps): ReactElement {
  const { tenantName } = useApp().session.user;
  const [version, setVersion] = useState(entry.versions[0]?.version ?? "");
  const items = consentOf(entry, version);
  const keys = selectable(items).map(consentKey);
  const [withheld, setWithheld] = useState<ReadonlySet<string>>(new Set());
  const chosen = usable(items, new Set(keys.filter((key) => !withheld.has(key))));
  const withheldCount = keys.length - chosen.size;
  const action = useAction();

  async function install(): Promise<void> {
    const done = await action.run(async () => {
      try {
        await api.install(entry.registryId, version, toGrants(items, chosen));
      } catch (error) {
        if (error instanceof ApiError && error.code === "ALREADY_INSTALLED") await onStale();
        throw error;
      }
    });
    if (done) onDone(`${entry.displayName} ${version} is installed.`);
  }

  if (entry.install !== null) {
    return (
      <Dialog
        isOpen
        onClose={onClose}
        title={`${entry.displayName} is already installed`}
        footer={<Button onClick={onClose}>Close</Button>}
      >
        <Alert tone="warning">
          Somebody else installed version {entry.install.version} at {tenantName} while you were deciding.
          What they granted stands, and nothing of yours was applied. Look at its permissions and change them
          there if you disagree.
        </Alert>
      </Dialog>
    );
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Install ${entry.displayName}`}
      description={`By ${entry.publisher}. Decide what it may do at ${tenantName}; you can change this later.`}
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={action.isBusy} onClick={() => void install()}>
            {installLabel(keys.length, chosen.size)}
          </Button>
        </>
      }
    >
      <div className="acme-form">
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        <CustomSelect
          label="Version"
          value={version}
          onValueChange={setVersion}
          options={entry.versions.map((one, index) => ({
            value: one.version,
            label: `${one.version}${index === 0 ? " (newest)" : ""}`,
          }))}
        />
        <ConsentList
          heading="It asks to"
          items={items}
          chosen={chosen}
          onChange={(next) => setWithheld(new Set(keys.filter((key) => !next.has(key))))}
        />
        {withheldCount > 0 && (
          <Alert tone="info">
            {withheldCount === 1 ? "1 permission is" : `${withheldCount} permissions are`} withheld. What
            needs it will be refused, the rest works.
          </Alert>
        )}
      </div>
    </Dialog>
  );
}

/** Says how much is being agreed to, so that nobody agrees by reflex. */
function installLabel(asked: number, allowed: number): string {
  if (asked === 0) return "Install";
  return allowed === 0 ? "Install and allow nothing" : `Install and allow ${allowed}`;
}

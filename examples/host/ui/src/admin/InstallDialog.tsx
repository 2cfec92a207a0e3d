import type { CatalogEntry } from "@alga-ext/protocol";
import { Alert, Button, CustomSelect, Dialog } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { api } from "../api.ts";
import { useApp } from "../session.ts";
import { ConsentList } from "./ConsentList.tsx";
import { consentKey, consentOf, selectable, toGrants } from "./consent.ts";
import { useAction } from "./useAction.ts";

/** Props of the dialogs that change one extension. */
export interface ExtensionDialogProps {
  readonly entry: CatalogEntry;
  readonly onClose: () => void;
  /** Something was changed; `message` says what. */
  readonly onDone: (message: string) => void;
}

/** The consent screen: which version, and what it may do. */
export function InstallDialog({ entry, onClose, onDone }: ExtensionDialogProps): ReactElement {
  const { tenantName } = useApp().session.user;
  const [version, setVersion] = useState(entry.versions[0]?.version ?? "");
  const items = consentOf(entry, version);
  const [withheld, setWithheld] = useState<ReadonlySet<string>>(new Set());
  const chosen = new Set(
    selectable(items)
      .map(consentKey)
      .filter((key) => !withheld.has(key)),
  );
  const withheldCount = selectable(items).length - chosen.size;
  const action = useAction();

  async function install(): Promise<void> {
    const done = await action.run(() => api.install(entry.registryId, version, toGrants(items, chosen)));
    if (done) onDone(`${entry.displayName} ${version} is installed.`);
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
            Install
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
          onChange={(next) =>
            setWithheld(
              new Set(
                selectable(items)
                  .map(consentKey)
                  .filter((key) => !next.has(key)),
              ),
            )
          }
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

import type { InstallSummary } from "@alga-ext/protocol";
import { Alert, Button, CustomSelect, Dialog } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { api } from "../api.ts";
import { ConsentList } from "./ConsentList.tsx";
import { consentKey, consentOf, grantedKeys, newerVersions, newlyRequested, toGrants } from "./consent.ts";
import type { ExtensionDialogProps } from "./InstallDialog.tsx";
import { useAction } from "./useAction.ts";

/** Move to a newer version; what it asks for on top is named and can be withheld. */
export function UpdateDialog({
  entry,
  install,
  onClose,
  onDone,
}: ExtensionDialogProps & { readonly install: InstallSummary }): ReactElement {
  const versions = newerVersions(entry, install);
  const [version, setVersion] = useState(versions[0]?.version ?? install.version);
  const items = consentOf(entry, version);
  const added = newlyRequested(consentOf(entry, install.version), items, install);
  const [withheld, setWithheld] = useState<ReadonlySet<string>>(new Set());
  const chosen = new Set(added.map(consentKey).filter((key) => !withheld.has(key)));
  const action = useAction();

  async function update(): Promise<void> {
    const done = await action.run(async () => {
      // The new code runs under the old grants until the new ones are there: the safe order.
      await api.update(entry.registryId, version);
      if (chosen.size > 0) {
        await api.setGrants(entry.registryId, toGrants(items, new Set([...grantedKeys(install), ...chosen])));
      }
    });
    if (done) onDone(`${entry.displayName} was updated to ${version}.`);
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Update ${entry.displayName}`}
      description={`Version ${install.version} is installed.`}
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={action.isBusy} onClick={() => void update()}>
            Update
          </Button>
        </>
      }
    >
      <div className="acme-form">
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        <CustomSelect
          label="New version"
          value={version}
          onValueChange={setVersion}
          options={versions.map((one, index) => ({
            value: one.version,
            label: `${one.version}${index === 0 ? " (newest)" : ""}`,
          }))}
        />
        {added.length === 0 ? (
          <p className="acme-muted">This version asks for nothing new.</p>
        ) : (
          <ConsentList
            heading="New in this version, it asks to"
            items={added}
            chosen={chosen}
            onChange={(next) => setWithheld(new Set(added.map(consentKey).filter((key) => !next.has(key))))}
          />
        )}
      </div>
    </Dialog>
  );
}

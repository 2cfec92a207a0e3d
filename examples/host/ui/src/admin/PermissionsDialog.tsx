import type { InstallSummary } from "@alga-ext/protocol";
import { Alert, Button, Dialog } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { api } from "../api.ts";
import { ConsentList } from "./ConsentList.tsx";
import { consentOf, grantedKeys, toGrants, usable } from "./consent.ts";
import type { ExtensionDialogProps } from "./InstallDialog.tsx";
import { useAction } from "./useAction.ts";

/** Change what an installed extension may do. */
export function PermissionsDialog({
  entry,
  install,
  onClose,
  onDone,
}: ExtensionDialogProps & { readonly install: InstallSummary }): ReactElement {
  const items = consentOf(entry, install.version);
  const [chosen, setChosen] = useState(() => usable(items, grantedKeys(install)));
  const action = useAction();

  async function save(): Promise<void> {
    const done = await action.run(() => api.setGrants(entry.registryId, toGrants(items, chosen)));
    if (done) onDone(`Permissions of ${entry.displayName} were changed.`);
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Permissions of ${entry.displayName}`}
      description="Changes apply to the next call the extension makes."
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={action.isBusy} onClick={() => void save()}>
            Save permissions
          </Button>
        </>
      }
    >
      <div className="acme-form">
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        <ConsentList heading="It asks to" items={items} chosen={chosen} onChange={setChosen} />
      </div>
    </Dialog>
  );
}

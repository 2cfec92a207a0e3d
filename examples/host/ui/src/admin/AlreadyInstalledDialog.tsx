import { Alert, Button, Dialog } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import type { CatalogRow } from "../api/catalog.ts";
import { useApp } from "../session.ts";

/** Tells the second of two administrators who install at once. */
export function AlreadyInstalledDialog({
  entry,
  onClose,
}: {
  readonly entry: CatalogRow;
  readonly onClose: () => void;
}): ReactElement {
  const { tenantName } = useApp().session.user;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`${entry.displayName} is already installed`}
      footer={<Button onClick={onClose}>Close</Button>}
    >
      <Alert tone="warning">
        Somebody else installed version {entry.install?.version} at {tenantName} while you were deciding. What
        they granted stands, and nothing of yours was applied. Look at its permissions and change them there
        if you disagree.
      </Alert>
    </Dialog>
  );
}

import type { InstallSummary } from "@alga-ext/protocol";
import { Alert, ConfirmDialog } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { api } from "../api.ts";
import { useApp } from "../session.ts";
import type { ExtensionDialogProps } from "./InstallDialog.tsx";
import { useAction } from "./useAction.ts";

/** Ask before an install goes, and say that everything it kept goes with it. */
export function UninstallDialog({
  entry,
  install,
  onClose,
  onDone,
}: ExtensionDialogProps & { readonly install: InstallSummary }): ReactElement {
  const { tenantName } = useApp().session.user;
  const action = useAction();
  return (
    <ConfirmDialog
      isOpen
      variant="danger"
      title={`Uninstall ${entry.displayName}?`}
      message={`Everything it stored for ${tenantName} is deleted for good: all its data, its secrets and its settings. Installing it again starts empty.`}
      confirmLabel="Uninstall and delete data"
      loading={action.isBusy}
      onCancel={onClose}
      onConfirm={() =>
        void action
          .run(() => api.uninstall(entry.registryId))
          .then((worked) => worked && onDone(`${entry.displayName} was uninstalled and its data deleted.`))
      }
    >
      {install.enabled && (
        <p className="acme-muted">
          To stop it and keep what it stored, switch it off instead. The list of recent calls stays either
          way.
        </p>
      )}
      {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
    </ConfirmDialog>
  );
}

import { Alert, ConfirmDialog } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { KEPT_DAYS, uninstall } from "../api/installs.ts";
import { useApp } from "../session.ts";
import type { ExtensionDialogProps } from "./InstallDialog.tsx";
import { useAction } from "./useAction.ts";

/** Ask before an install goes, and say how long it can be brought back. */
export function UninstallDialog({
  entry,
  onClose,
  onDone,
}: Omit<ExtensionDialogProps, "onStale">): ReactElement {
  const { tenantName } = useApp().session.user;
  const action = useAction();
  return (
    <ConfirmDialog
      isOpen
      variant="danger"
      title={`Uninstall ${entry.displayName}?`}
      message={`Nobody at ${tenantName} can use it from now on. What it stored, its settings and its secrets are kept for ${KEPT_DAYS} days: until then installing it again can bring them back. Then they are deleted for good.`}
      confirmLabel="Uninstall"
      loading={action.isBusy}
      onCancel={onClose}
      onConfirm={() =>
        void action
          .run(() => uninstall(entry.registryId))
          .then((worked) => {
            if (worked)
              onDone(`${entry.displayName} was uninstalled. Its data is kept for ${KEPT_DAYS} days.`);
          })
      }
    >
      {entry.install?.enabled === true && (
        <p className="acme-muted">
          To stop it for a while, switch it off instead. The list of its calls stays either way.
        </p>
      )}
      {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
    </ConfirmDialog>
  );
}

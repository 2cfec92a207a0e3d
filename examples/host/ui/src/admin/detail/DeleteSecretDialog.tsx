import { Alert, ConfirmDialog } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { setSecrets } from "../../api/settings.ts";
import { useAction } from "../useAction.ts";
import { useManagedInstall } from "./managed.ts";
import type { SecretDialogProps } from "./SecretDialog.tsx";

/** Ask before a stored secret goes. */
export function DeleteSecretDialog({ name, onClose, onDone }: SecretDialogProps<string>): ReactElement {
  const { registryId, name: extension } = useManagedInstall();
  const action = useAction();
  return (
    <ConfirmDialog
      isOpen
      variant="danger"
      title={`Delete ${name}?`}
      message={`What ${extension} does with it fails from the next call on. The value cannot be brought back.`}
      confirmLabel="Delete secret"
      loading={action.isBusy}
      onCancel={onClose}
      onConfirm={() =>
        void action
          .run(() => setSecrets(registryId, { [name]: null }))
          .then((worked) => {
            if (worked) onDone(`The secret ${name} of ${extension} was deleted.`);
          })
      }
    >
      {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
    </ConfirmDialog>
  );
}

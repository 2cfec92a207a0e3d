import type { ApiKey } from "@alga-ext/protocol";
import { Alert, ConfirmDialog } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { revokeApiKey } from "../../api/api-keys.ts";
import { useAction } from "../useAction.ts";

/** Ask before a key ends. */
export function RevokeApiKeyDialog({
  apiKey,
  onClose,
  onDone,
}: {
  readonly apiKey: ApiKey;
  readonly onClose: () => void;
  readonly onDone: (message: string) => void;
}): ReactElement {
  const action = useAction();
  return (
    <ConfirmDialog
      isOpen
      variant="danger"
      title={`Revoke ${apiKey.name}?`}
      message="Programs that use it are refused from their next request on. It cannot be taken back."
      confirmLabel="Revoke key"
      loading={action.isBusy}
      onCancel={onClose}
      onConfirm={() =>
        void action
          .run(() => revokeApiKey(apiKey.id))
          .then((worked) => {
            if (worked) onDone(`The key ${apiKey.name} was revoked.`);
          })
      }
    >
      {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
    </ConfirmDialog>
  );
}

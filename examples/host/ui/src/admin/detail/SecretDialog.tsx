import { Alert, Button, Dialog, Input } from "@alga-ext/ui-kit";
import { useId, useState, type FormEvent, type ReactElement } from "react";
import { setSecrets } from "../../api/settings.ts";
import { useAction } from "../useAction.ts";
import { useManagedInstall } from "./managed.ts";

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** Props of the dialogs about one secret. */
export interface SecretDialogProps<Name> {
  /** Null for a new one. */
  readonly name: Name;
  readonly onClose: () => void;
  readonly onDone: (message: string) => void;
}

/** Enter a new secret, or another value for a stored one. */
export function SecretDialog({ name, onClose, onDone }: SecretDialogProps<string | null>): ReactElement {
  const { registryId, name: extension } = useManagedInstall();
  const formId = useId();
  const [newName, setNewName] = useState(name ?? "");
  const [value, setValue] = useState("");
  const action = useAction();
  const isBadName = newName !== "" && !NAME.test(newName);
  const canSave = newName !== "" && !isBadName && value !== "";
  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!canSave) return;
    const worked = await action.run(() => setSecrets(registryId, { [newName]: value }));
    if (worked) onDone(`The secret ${newName} of ${extension} was ${name === null ? "stored" : "replaced"}.`);
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={name === null ? "Add a secret" : `Replace ${name}`}
      description={`${extension} gets the value when it asks for the name. Nobody sees it here again.`}
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" form={formId} loading={action.isBusy} disabled={!canSave}>
            {name === null ? "Store secret" : "Replace secret"}
          </Button>
        </>
      }
    >
      <form id={formId} className="acme-form" autoComplete="off" onSubmit={(event) => void save(event)}>
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        {name === null && (
          <Input
            label="Name"
            placeholder="vendor_api_key"
            autoComplete="off"
            spellCheck={false}
            error={isBadName}
            errorMessage="Letters, digits, dots, dashes and underscores only."
            value={newName}
            onChange={(event) => setNewName(event.currentTarget.value)}
          />
        )}
        <Input
          label="Value"
          type="password"
          autoComplete="new-password"
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
      </form>
    </Dialog>
  );
}

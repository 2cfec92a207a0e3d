import { Alert, Button, Dialog, Input } from "@alga-ext/ui-kit";
import { useId, useState, type FormEvent, type ReactElement } from "react";
import { useAction } from "../admin/useAction.ts";
import { renameClient, type Client } from "../api/account.ts";

/** Give a client another name. */
export function RenameClientDialog({
  client,
  onClose,
  onDone,
}: {
  readonly client: Client;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): ReactElement {
  const formId = useId();
  const [name, setName] = useState(client.name);
  const action = useAction();
  const canSave = name.trim() !== "" && name.trim() !== client.name;
  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (canSave && (await action.run(() => renameClient(client.id, name)))) onDone();
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Rename ${client.name}`}
      description="Extensions that follow the names of clients are told."
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" form={formId} loading={action.isBusy} disabled={!canSave}>
            Rename
          </Button>
        </>
      }
    >
      <form id={formId} className="acme-form" onSubmit={(event) => void save(event)}>
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        <Input
          label="Name"
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </form>
    </Dialog>
  );
}

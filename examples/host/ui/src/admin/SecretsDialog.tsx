import type { InstallSummary } from "@alga-ext/protocol";
import { Alert, Button, Dialog, Input } from "@alga-ext/ui-kit";
import { useId, useState, type FormEvent, type ReactElement } from "react";
import { api } from "../api.ts";
import type { ExtensionDialogProps } from "./InstallDialog.tsx";
import { useAction } from "./useAction.ts";

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** Enter or replace secrets; stored values never come back to the browser. */
export function SecretsDialog({
  entry,
  install,
  onClose,
  onDone,
}: ExtensionDialogProps & { readonly install: InstallSummary }): ReactElement {
  const formId = useId();
  const [values, setValues] = useState<Readonly<Record<string, string | null>>>({});
  const [newName, setNewName] = useState("");
  const [newValue, setNewValue] = useState("");
  const action = useAction();
  const isBadName = newName !== "" && !NAME.test(newName);
  const isHalf = (newName === "") !== (newValue === "");
  // Null is what the registry takes as "delete".
  const changed: [string, string | null][] = Object.entries(values).filter(([, value]) => value !== "");
  if (newName !== "" && newValue !== "") changed.push([newName, newValue]);

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (changed.length === 0 || isBadName || isHalf) return;
    const done = await action.run(() => api.setSecrets(entry.registryId, Object.fromEntries(changed)));
    if (done) onDone(`Secrets of ${entry.displayName} were changed.`);
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Secrets of ${entry.displayName}`}
      description="Keys and passwords the extension uses to reach other services. A stored value is never shown again; type a new one to replace it."
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            form={formId}
            loading={action.isBusy}
            disabled={changed.length === 0 || isBadName || isHalf}
          >
            Save secrets
          </Button>
        </>
      }
    >
      <form id={formId} className="acme-form" autoComplete="off" onSubmit={(event) => void save(event)}>
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        {install.secretNames.length === 0 && (
          <p className="acme-muted">
            Nothing is stored yet. The documentation of {entry.displayName} says which names it reads; they
            have to match exactly.
          </p>
        )}
        {install.secretNames.map((name) => (
          <StoredSecret
            key={name}
            name={name}
            value={values[name] === undefined ? "" : values[name]}
            onChange={(value) => setValues({ ...values, [name]: value })}
          />
        ))}
        <fieldset className="acme-fieldset">
          <legend>Add a secret</legend>
          <div className="acme-pair">
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
            <Input
              label="Value"
              type="password"
              autoComplete="new-password"
              value={newValue}
              onChange={(event) => setNewValue(event.currentTarget.value)}
            />
          </div>
        </fieldset>
      </form>
    </Dialog>
  );
}

interface StoredSecretProps {
  readonly name: string;
  /** What was typed; null marks it for removal. */
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

function StoredSecret({ name, value, onChange }: StoredSecretProps): ReactElement {
  const isRemoved = value === null;
  return (
    <div className="acme-secret">
      <Input
        label={<code>{name}</code>}
        type="password"
        autoComplete="new-password"
        placeholder={isRemoved ? "Will be removed" : "Stored. Type a new value to replace it"}
        disabled={isRemoved}
        value={value ?? ""}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <Button
        variant="outline"
        aria-label={isRemoved ? `Keep ${name}` : `Remove ${name}`}
        onClick={() => onChange(isRemoved ? "" : null)}
      >
        {isRemoved ? "Keep" : "Remove"}
      </Button>
    </div>
  );
}

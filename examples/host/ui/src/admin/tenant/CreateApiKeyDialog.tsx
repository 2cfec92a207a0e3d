import type { NewApiKey, Permission } from "@alga-ext/protocol";
import { Alert, Button, Checkbox, CustomSelect, Dialog, Input } from "@alga-ext/ui-kit";
import { useId, useState, type FormEvent, type ReactElement } from "react";
import { createApiKey } from "../../api/api-keys.ts";
import { CopyText } from "../parts/CopyText.tsx";
import { formatDay } from "../parts/format.ts";
import { useAction } from "../useAction.ts";
import { describePermission, GIVABLE } from "./permission-words.ts";

const LIFETIMES = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "A year" },
];

/** Props of {@link CreateApiKeyDialog}. */
export interface CreateApiKeyDialogProps {
  readonly onClose: () => void;
  readonly onDone: (message: string) => void;
}

/** Make a key, then show its token, this once. */
export function CreateApiKeyDialog({ onClose, onDone }: CreateApiKeyDialogProps): ReactElement {
  const formId = useId();
  const [name, setName] = useState("");
  const [permissions, setPermissions] = useState<ReadonlySet<Permission>>(new Set(["extension:read"]));
  const [days, setDays] = useState("90");
  const [made, setMade] = useState<NewApiKey | null>(null);
  const action = useAction();
  const canSave = name.trim() !== "" && permissions.size > 0;

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!canSave) return;
    await action.run(async () => {
      const body = { name: name.trim(), permissions: [...permissions], expiresInDays: Number(days) };
      setMade(await createApiKey(body));
    });
  }
  if (made !== null)
    return <NewKey made={made} onDone={() => onDone(`The key ${made.apiKey.name} is ready.`)} />;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Create an API key"
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" form={formId} loading={action.isBusy} disabled={!canSave}>
            Create key
          </Button>
        </>
      }
    >
      <form id={formId} className="acme-form" autoComplete="off" onSubmit={(event) => void create(event)}>
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        <Input
          label="Name"
          placeholder="What uses it, such as Nightly report"
          maxLength={128}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <fieldset className="acme-fieldset">
          <legend>It may</legend>
          <div className="acme-form">
            {GIVABLE.map(({ permission, hint }) => (
              <Checkbox
                key={permission}
                label={`${describePermission(permission)}: ${hint}`}
                checked={permissions.has(permission)}
                onCheckedChange={(on) => setPermissions(withOne(permissions, permission, on))}
              />
            ))}
          </div>
        </fieldset>
        <CustomSelect label="Works for" value={days} options={LIFETIMES} onValueChange={setDays} />
      </form>
    </Dialog>
  );
}

function withOne(all: ReadonlySet<Permission>, one: Permission, on: boolean): ReadonlySet<Permission> {
  const next = new Set(all);
  if (on) next.add(one);
  else next.delete(one);
  return next;
}

function NewKey({ made, onDone }: { readonly made: NewApiKey; readonly onDone: () => void }): ReactElement {
  const { apiKey, token } = made;
  return (
    <Dialog
      isOpen
      onClose={onDone}
      title={`The key ${apiKey.name}`}
      description={`It works until ${formatDay(apiKey.expiresAt)}, sent as the header x-api-key.`}
      footer={<Button onClick={onDone}>I have stored it</Button>}
    >
      <div className="acme-form">
        <Alert tone="warning" role="none">
          Copy it now: it is not stored anywhere and is never shown again.
        </Alert>
        <CopyText text={token} label="API key" />
      </div>
    </Dialog>
  );
}

import { Alert, Button, Input } from "@alga-ext/ui-kit";
import { useState, type FormEvent, type ReactElement } from "react";
import type { JsonValue } from "@alga-ext/protocol";
import { changeSettings } from "../../api/settings.ts";
import { Section } from "../parts/Section.tsx";
import { useAction } from "../useAction.ts";
import { useManagedInstall } from "./managed.ts";
import type { SettingsFormProps } from "./SettingsForm.tsx";

/** Names and texts, for an extension that does not describe its settings. */
export function FreeSettings({ settings, onSaved }: SettingsFormProps): ReactElement {
  const { registryId, name } = useManagedInstall();
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [newName, setNewName] = useState("");
  const [newText, setNewText] = useState("");
  const action = useAction();
  const known = settings.schema.properties;
  const stored = Object.entries(settings.values).filter(([id]) => !Object.hasOwn(known, id));
  const isHalf = (newName.trim() === "") !== (newText === "");

  async function store(values: Readonly<Record<string, JsonValue>>): Promise<void> {
    if (!(await action.run(() => changeSettings(registryId, values)))) return;
    setTexts({});
    setNewName("");
    setNewText("");
    await onSaved(`Settings of ${name} were saved.`);
  }
  const changes: Record<string, string> = Object.fromEntries(
    Object.entries(texts).filter(([id, text]) => text !== toText(settings.values[id])),
  );
  if (newName.trim() !== "" && newText !== "") changes[newName.trim()] = newText;
  const canSave = Object.keys(changes).length > 0 && !isHalf;

  return (
    <Section
      title="Settings"
      hint={`${name} does not describe its settings: its documentation says which names it reads.`}
    >
      <form
        className="acme-form"
        autoComplete="off"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (canSave) void store(changes);
        }}
      >
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        {stored.length === 0 && <p className="acme-muted">Nothing is set yet.</p>}
        {stored.map(([id, value]) => (
          <div key={id} className="acme-secret">
            <Input
              label={<code>{id}</code>}
              value={texts[id] ?? toText(value)}
              onChange={(event) => setTexts({ ...texts, [id]: event.currentTarget.value })}
            />
            <Button variant="outline" aria-label={`Remove ${id}`} onClick={() => void store({ [id]: null })}>
              Remove
            </Button>
          </div>
        ))}
        <fieldset className="acme-fieldset">
          <legend>Add a setting</legend>
          <div className="acme-pair">
            <Input
              label="Name"
              maxLength={128}
              spellCheck={false}
              value={newName}
              onChange={(event) => setNewName(event.currentTarget.value)}
            />
            <Input
              label="Value"
              value={newText}
              onChange={(event) => setNewText(event.currentTarget.value)}
            />
          </div>
        </fieldset>
        <div className="acme-buttons">
          <Button type="submit" loading={action.isBusy} disabled={!canSave}>
            Save settings
          </Button>
        </div>
      </form>
    </Section>
  );
}

function toText(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

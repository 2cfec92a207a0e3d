import type { JsonValue, SettingProblem } from "@alga-ext/protocol";
import type { InstallSettings } from "@alga-ext/registry";
import { Alert, Button } from "@alga-ext/ui-kit";
import { useRef, useState, type FormEvent, type ReactElement } from "react";
import { ApiError } from "../../api/request.ts";
import { changeSettings } from "../../api/settings.ts";
import { Section } from "../parts/Section.tsx";
import { useAction } from "../useAction.ts";
import { useManagedInstall } from "./managed.ts";
import { SettingControl } from "./SettingControl.tsx";
import {
  byCategory,
  fromDraft,
  problemsByName,
  toDraft,
  toFields,
  type Draft,
  type SettingField,
} from "./settings-form.ts";

/** Props of what changes settings. */
export interface SettingsFormProps {
  readonly settings: InstallSettings;
  readonly onSaved: (message: string) => Promise<void>;
}

/** The form that a version's schema describes; what does not fit is said at its field, and then nothing is saved. */
export function SettingsForm({ settings, onSaved }: SettingsFormProps): ReactElement {
  const { registryId, name } = useManagedInstall();
  const form = useRef<HTMLFormElement>(null);
  const fields = toFields(settings.schema);
  const [drafts, setDrafts] = useState<Readonly<Record<string, Draft>>>({});
  const [unread, setUnread] = useState<ReadonlyMap<string, string>>(new Map());
  const action = useAction();
  const draftOf = (field: SettingField): Draft =>
    Object.hasOwn(drafts, field.name) ? drafts[field.name]! : toDraft(field, settings.values[field.name]);
  const isStored = ({ kind, name: id }: SettingField): boolean =>
    kind === "secret" ? settings.secretNames.includes(id) : Object.hasOwn(settings.values, id);
  const changed = fields.filter((field) => draftOf(field) !== toDraft(field, settings.values[field.name]));
  const refused = problemsByName(refusalOf(action.failure) ?? settings.problems);
  const problemOf = ({ name: id }: SettingField): string | undefined => unread.get(id) ?? refused.get(id);

  async function store(values: Readonly<Record<string, JsonValue>>): Promise<void> {
    const worked = await action.run(() => changeSettings(registryId, values));
    if (!worked) return showFirstProblem();
    setDrafts((now) => Object.fromEntries(Object.entries(now).filter(([id]) => !Object.hasOwn(values, id))));
    await onSaved(`Settings of ${name} were saved.`);
  }
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const read = changed.map((field) => [field.name, fromDraft(field, draftOf(field))] as const);
    const bad = read.flatMap(([id, one]) => ("problem" in one ? [[id, one.problem] as const] : []));
    setUnread(new Map(bad));
    if (bad.length > 0) return showFirstProblem();
    await store(Object.fromEntries(read.flatMap(([id, one]) => ("value" in one ? [[id, one.value]] : []))));
  }
  function showFirstProblem(): void {
    requestAnimationFrame(() => {
      const invalid = form.current?.querySelector('[aria-invalid="true"]');
      if (invalid instanceof HTMLElement) invalid.focus();
    });
  }

  const general = refused.get("");
  const refusal = action.error !== null && refusalOf(action.failure) === null ? action.error : null;
  return (
    <form
      ref={form}
      noValidate
      autoComplete="off"
      className="acme-stack"
      onSubmit={(event) => void submit(event)}
    >
      {refusal !== null && <Alert tone="danger">{refusal}</Alert>}
      {general !== undefined && <Alert tone="warning">{general}</Alert>}
      {byCategory(fields).map(([category, members]) => (
        <Section key={category} title={category === "" ? "Settings" : category}>
          <div className="acme-form">
            {members.map((field) => (
              <SettingControl
                key={field.name}
                field={field}
                draft={draftOf(field)}
                isStored={isStored(field)}
                problem={problemOf(field)}
                onChange={(draft) => setDrafts({ ...drafts, [field.name]: draft })}
                onReset={isStored(field) ? () => void store({ [field.name]: null }) : null}
              />
            ))}
          </div>
        </Section>
      ))}
      <div className="acme-buttons">
        <Button type="submit" loading={action.isBusy} disabled={changed.length === 0}>
          Save settings
        </Button>
        {changed.length > 0 && (
          <Button variant="outline" onClick={() => setDrafts({})}>
            Discard changes
          </Button>
        )}
      </div>
    </form>
  );
}

/** What the registry found wrong with what was sent; null when it failed otherwise or not at all. */
function refusalOf(failure: unknown): readonly SettingProblem[] | null {
  if (!(failure instanceof ApiError) || failure.code !== "invalid_settings") return null;
  return (failure.details["problems"] as readonly SettingProblem[] | undefined) ?? null;
}

import { Alert, Button } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { changeSettings } from "../../api/settings.ts";
import { Section } from "../parts/Section.tsx";
import { useAction } from "../useAction.ts";
import { useManagedInstall } from "./managed.ts";
import type { SettingsFormProps } from "./SettingsForm.tsx";

/** Settings of another version, which the installed one does not understand and does not get. */
export function StraySettings({ settings, onSaved }: SettingsFormProps): ReactElement | null {
  const { registryId, name } = useManagedInstall();
  const action = useAction();
  const stray = Object.keys(settings.values).filter((id) => !Object.hasOwn(settings.schema.properties, id));
  if (stray.length === 0) return null;
  return (
    <Section
      title="Kept from another version"
      hint="The installed version does not know these and does not get them. A version that does finds them again."
    >
      {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
      <ul className="acme-rows">
        {stray.map((id) => (
          <li key={id} className="acme-row">
            <span>
              <code>{id}</code> <span className="acme-muted">{JSON.stringify(settings.values[id])}</span>
            </span>
            <Button
              variant="outline"
              size="sm"
              aria-label={`Remove ${id}`}
              onClick={() =>
                void action
                  .run(() => changeSettings(registryId, { [id]: null }))
                  .then(async (worked) => {
                    if (worked) await onSaved(`The setting ${id} of ${name} was removed.`);
                  })
              }
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

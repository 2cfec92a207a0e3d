import { Card } from "@alga-ext/ui-kit";
import { useCallback, type ReactElement } from "react";
import { readSettings } from "../../api/settings.ts";
import { useLoaded } from "../../useLoaded.ts";
import { Shown } from "../parts/Shown.tsx";
import { FreeSettings } from "./FreeSettings.tsx";
import { useManagedInstall } from "./managed.ts";
import { SettingsForm } from "./SettingsForm.tsx";
import { StraySettings } from "./StraySettings.tsx";

/** What an administrator fills in: a form by the extension's schema, or names and texts where it has none. */
export function SettingsTab(): ReactElement {
  const { registryId, name, install, done } = useManagedInstall();
  const loaded = useLoaded(useCallback(() => readSettings(registryId), [registryId]));
  const saved = async (message: string): Promise<void> => {
    await loaded.reload();
    await done(message);
  };
  return (
    <Shown loaded={loaded}>
      {(settings) => {
        const { properties, additionalProperties } = settings.schema;
        const isOpen = additionalProperties !== undefined && additionalProperties !== false;
        const hasFields = Object.keys(properties).length > 0;
        return (
          <div className="acme-stack">
            {/* Another version may have other settings: begin anew with its form. */}
            {hasFields && <SettingsForm key={install.versionId} settings={settings} onSaved={saved} />}
            {isOpen && <FreeSettings settings={settings} onSaved={saved} />}
            {!isOpen && !hasFields && (
              <Card className="acme-empty">
                Version {install.version} of {name} has no settings.
              </Card>
            )}
            {!isOpen && <StraySettings settings={settings} onSaved={saved} />}
          </div>
        );
      }}
    </Shown>
  );
}

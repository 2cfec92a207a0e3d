import { Alert, Button, Card } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { setGrants } from "../../api/installs.ts";
import { ConsentList } from "../ConsentList.tsx";
import { consentKey, consentOf, grantedKeys, toGrants, usable } from "../consent.ts";
import { Section } from "../parts/Section.tsx";
import { useAction } from "../useAction.ts";
import { useManagedInstall } from "./managed.ts";

/** What an installed extension may do, and which hosts it may call. */
export function PermissionsTab(): ReactElement {
  const { registryId, name, entry, install, done } = useManagedInstall();
  const items = entry === null ? [] : consentOf(entry, install.version);
  const granted = usable(items, grantedKeys(install));
  const [changed, setChanged] = useState<ReadonlySet<string> | null>(null);
  const chosen = changed ?? granted;
  const isSame = chosen.size === granted.size && [...chosen].every((key) => granted.has(key));
  const action = useAction();

  async function save(): Promise<void> {
    const worked = await action.run(() => setGrants(registryId, toGrants(items, chosen)));
    if (!worked) return;
    await done(`Permissions of ${name} were changed.`);
    setChanged(null);
  }

  if (entry === null) {
    return (
      <Card className="acme-empty">
        The registry cannot say what version {install.version} asks for. What was granted stands.
      </Card>
    );
  }
  return (
    <Section title="What it may do" hint="It gets nothing beyond this list. Changes apply to the next call.">
      <div className="acme-form">
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        {install.askedByUpdate.length > 0 && (
          <Alert tone="info">What updates asked for since you last decided is marked New.</Alert>
        )}
        <ConsentList
          heading="It asks to"
          items={items}
          chosen={chosen}
          added={new Set(install.askedByUpdate.map(consentKey))}
          onChange={setChanged}
        />
        <div className="acme-buttons">
          <Button
            loading={action.isBusy}
            // Saving the same list again answers what an update asked for with no.
            disabled={isSame && install.askedByUpdate.length === 0}
            onClick={() => void save()}
          >
            {isSame && install.askedByUpdate.length > 0 ? "Keep as it is" : "Save permissions"}
          </Button>
          {!isSame && (
            <Button variant="outline" onClick={() => setChanged(null)}>
              Discard changes
            </Button>
          )}
        </div>
      </div>
    </Section>
  );
}

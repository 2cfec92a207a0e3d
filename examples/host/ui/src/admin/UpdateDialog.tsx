import type { CatalogVersion, InstallSummary } from "@alga-ext/protocol";
import { Alert, Button, CustomSelect, Dialog } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { api } from "../api.ts";
import { ConsentList } from "./ConsentList.tsx";
import {
  consentKey,
  consentOf,
  grantedKeys,
  newKeys,
  newerVersions,
  otherVersions,
  selectable,
  toGrants,
  usable,
} from "./consent.ts";
import type { ExtensionDialogProps } from "./InstallDialog.tsx";
import { useAction } from "./useAction.ts";
import { VersionChangeNotes } from "./VersionChangeNotes.tsx";

/** Move to another version; what it asks for on top is marked and can be withheld, what goes away is listed. */
export function UpdateDialog({
  entry,
  install,
  mode,
  onClose,
  onDone,
}: ExtensionDialogProps & {
  readonly install: InstallSummary;
  /** `update` offers newer versions, `change` every other one. */
  readonly mode: "update" | "change";
}): ReactElement {
  const newer = newerVersions(entry, install);
  const versions = mode === "update" ? newer : otherVersions(entry, install);
  const [version, setVersion] = useState(versions[0]?.version ?? install.version);
  const target = entry.versions.find((one) => one.version === version);
  const items = consentOf(entry, version);
  const granted = grantedKeys(install);
  const added = newKeys(target, install);
  const [changed, setChanged] = useState<ReadonlySet<string> | null>(null);
  const chosen = usable(items, changed ?? new Set([...granted, ...added]));
  const kept = usable(items, granted);
  const addedCount = selectable(items).filter(
    (item) => added.has(consentKey(item)) && chosen.has(consentKey(item)),
  ).length;
  const action = useAction();
  const isNewer = newer.some((one) => one.version === version);

  async function update(): Promise<void> {
    const done = await action.run(async () => {
      // The new code runs under the old grants until the new ones are there: the safe order.
      await api.update(entry.registryId, version);
      const isOther = chosen.size !== kept.size || [...chosen].some((key) => !kept.has(key));
      if (isOther) await api.setGrants(entry.registryId, toGrants(items, chosen));
    });
    const verb = isNewer ? "updated" : "set back";
    if (done) onDone(`${entry.displayName} was ${verb} to ${version}.`);
  }

  const verb = mode === "update" ? "Update" : "Change version";
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={mode === "update" ? `Update ${entry.displayName}` : `Change version of ${entry.displayName}`}
      description={`Version ${install.version} is installed. Stored data, secrets and settings stay.`}
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button
            loading={action.isBusy}
            disabled={version === install.version}
            onClick={() => void update()}
          >
            {addedCount === 0 ? verb : `${verb} and allow ${addedCount} more`}
          </Button>
        </>
      }
    >
      <div className="acme-form">
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        {versions.length === 0 ? (
          <p className="acme-muted">No other version is published.</p>
        ) : (
          <>
            <CustomSelect
              label="New version"
              value={version}
              onValueChange={(next) => {
                setVersion(next);
                setChanged(null);
              }}
              options={versions.map((one) => ({ value: one.version, label: labelOf(one, entry, newer) }))}
            />
            <VersionChangeNotes entry={entry} install={install} version={target} isNewer={isNewer} />
            <ConsentList
              heading="It asks to"
              items={items.filter(({ byDefault }) => !byDefault)}
              chosen={chosen}
              added={added}
              onChange={setChanged}
            />
          </>
        )}
      </div>
    </Dialog>
  );
}

function labelOf(
  { version }: CatalogVersion,
  entry: ExtensionDialogProps["entry"],
  newer: readonly CatalogVersion[],
): string {
  if (version === entry.versions[0]?.version) return `${version} (newest)`;
  return newer.some((one) => one.version === version) ? version : `${version} (older)`;
}

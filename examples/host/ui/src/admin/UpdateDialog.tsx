import type { InstallDetails } from "@alga-ext/protocol";
import type { Channel } from "@alga-ext/registry";
import { Alert, Button, CustomSelect, Dialog } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { setGrants, update } from "../api/installs.ts";
import { ConsentList } from "./ConsentList.tsx";
import {
  consentKey,
  consentOf,
  grantedKeys,
  newKeys,
  newerVersions,
  selectable,
  toGrants,
  usable,
} from "./consent.ts";
import type { ExtensionDialogProps } from "./InstallDialog.tsx";
import { MissingSchedules, missingSchedulesOf } from "./MissingSchedules.tsx";
import { startOf, updateChoices, type UpdateMode } from "./update-choices.ts";
import { useAction } from "./useAction.ts";
import { VersionChangeNotes } from "./VersionChangeNotes.tsx";

/** Move to another version, or follow something else; what is asked for on top is marked and can be withheld. */
export function UpdateDialog({
  entry,
  install,
  channels,
  mode,
  onClose,
  onDone,
}: Omit<ExtensionDialogProps, "onStale"> & {
  readonly install: InstallDetails;
  readonly channels: readonly Channel[];
  readonly mode: UpdateMode;
}): ReactElement {
  const choices = updateChoices({ entry, install, channels, mode });
  const [wanted, setWanted] = useState(() => startOf(choices, install));
  const choice = choices.find(({ value }) => value === wanted);
  const version = choice?.version ?? install.version;
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
  const isMoved = version !== install.version;
  const isNewer = newerVersions(entry, install).some((one) => one.version === version);
  const isSame = !isMoved && wanted === (install.follows ?? install.version);
  const { name: asking, verb } = WORDS[mode];

  async function run(disableMissingSchedules: boolean): Promise<void> {
    const done = await action.run(async () => {
      // The new code runs under the old grants until the new ones are there: the safe order.
      await update(entry.registryId, { version: wanted, disableMissingSchedules });
      const isOther = chosen.size !== kept.size || [...chosen].some((key) => !kept.has(key));
      if (isMoved && isOther) await setGrants(entry.registryId, toGrants(items, chosen));
    });
    if (!done) return;
    if (isMoved) onDone(`${entry.displayName} was ${isNewer ? "updated" : "set back"} to ${version}.`);
    else
      onDone(
        `${entry.displayName} ${choice?.isFollowed === true ? `follows ${wanted}` : `stays on ${version}`}.`,
      );
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`${asking} ${entry.displayName}`}
      description={`Version ${install.version} is installed. Stored data, secrets and settings stay.`}
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button
            loading={action.isBusy}
            disabled={choice === undefined || isSame}
            onClick={() => void run(false)}
          >
            {addedCount === 0 ? verb : `${verb} and allow ${addedCount} more`}
          </Button>
        </>
      }
    >
      <div className="acme-form">
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        <MissingSchedules
          missing={missingSchedulesOf(action.failure)}
          isBusy={action.isBusy}
          onGoOn={() => void run(true)}
        />
        {choices.length === 0 ? (
          <p className="acme-muted">No other version is published.</p>
        ) : (
          <>
            {install.pinned && (
              <p className="acme-muted">It is pinned: it goes only to a version you name, and stays there.</p>
            )}
            <CustomSelect
              label="New version"
              value={wanted}
              onValueChange={(next) => {
                setWanted(next);
                setChanged(null);
              }}
              options={choices.map(({ value, label }) => ({ value, label }))}
            />
            <VersionChangeNotes entry={entry} install={install} version={target} isNewer={isNewer} />
            {isMoved && (
              <ConsentList
                heading="It asks to"
                items={items.filter(({ byDefault }) => !byDefault)}
                chosen={chosen}
                added={added}
                onChange={setChanged}
              />
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}

const WORDS = {
  update: { name: "Update", verb: "Update" },
  change: { name: "Change version of", verb: "Change version" },
} as const satisfies Record<UpdateMode, { name: string; verb: string }>;

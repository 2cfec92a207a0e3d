import { Alert, Button, Dialog } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { rollback } from "../../api/installs.ts";
import { MissingSchedules, missingSchedulesOf } from "../MissingSchedules.tsx";
import { useAction } from "../useAction.ts";
import { VersionChangeNotes } from "../VersionChangeNotes.tsx";
import { useManagedInstall } from "./managed.ts";

/** Ask before an install goes back to a version it ran before. */
export function RollbackDialog({
  version,
  onClose,
  onDone,
}: {
  readonly version: string;
  readonly onClose: () => void;
  readonly onDone: (message: string) => void;
}): ReactElement {
  const { registryId, name, entry, install } = useManagedInstall();
  const action = useAction();
  const target = entry?.versions.find((one) => one.version === version);
  const run = (disableMissingSchedules: boolean): void => {
    void action
      .run(() => rollback(registryId, { version, disableMissingSchedules }))
      .then((worked) => {
        if (worked) onDone(`${name} was rolled back to ${version}.`);
      });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Roll ${name} back to ${version}`}
      description={`Version ${install.version} is in use. Grants only shrink; data, secrets and settings stay.`}
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={action.isBusy} onClick={() => run(false)}>
            Roll back
          </Button>
        </>
      }
    >
      <div className="acme-form">
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        <MissingSchedules
          missing={missingSchedulesOf(action.failure)}
          isBusy={action.isBusy}
          onGoOn={() => run(true)}
        />
        {install.follows !== null && !install.pinned && (
          <p>
            It follows {install.follows} and will be pinned, so that it stays on {version}.
          </p>
        )}
        {entry !== null && (
          <VersionChangeNotes entry={entry} install={install} version={target} isNewer={false} />
        )}
      </div>
    </Dialog>
  );
}

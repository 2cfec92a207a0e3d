import type { AdminSchedule } from "@alga-ext/registry";
import { Alert, ConfirmDialog } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { deleteSchedule } from "../../api/schedules.ts";
import { useAction } from "../useAction.ts";
import { useManagedInstall } from "./managed.ts";

/** Ask before a schedule goes. */
export function DeleteScheduleDialog({
  schedule,
  onClose,
  onDone,
}: {
  readonly schedule: AdminSchedule;
  readonly onClose: () => void;
  readonly onDone: (message: string) => void;
}): ReactElement {
  const { registryId } = useManagedInstall();
  const name = schedule.name ?? schedule.endpointPath;
  const action = useAction();
  return (
    <ConfirmDialog
      isOpen
      variant="danger"
      title={`Delete ${name}?`}
      message="It does not run again. A run that is owed already is cancelled."
      confirmLabel="Delete schedule"
      loading={action.isBusy}
      onCancel={onClose}
      onConfirm={() =>
        void action
          .run(() => deleteSchedule(registryId, schedule.id))
          .then((worked) => {
            if (worked) onDone(`The schedule ${name} was deleted.`);
          })
      }
    >
      {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
    </ConfirmDialog>
  );
}

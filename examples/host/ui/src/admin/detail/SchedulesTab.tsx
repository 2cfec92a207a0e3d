import { Button, Card } from "@alga-ext/ui-kit";
import type { AdminSchedule } from "@alga-ext/registry";
import { useCallback, useState, type ReactElement } from "react";
import { listEndpoints, listSchedules } from "../../api/schedules.ts";
import { useLoaded } from "../../useLoaded.ts";
import { Section } from "../parts/Section.tsx";
import { Shown } from "../parts/Shown.tsx";
import { Deliveries } from "./Deliveries.tsx";
import { DeleteScheduleDialog } from "./DeleteScheduleDialog.tsx";
import { useManagedInstall } from "./managed.ts";
import { ScheduleDialog } from "./ScheduleDialog.tsx";
import { ScheduleRow } from "./ScheduleRow.tsx";

type Open =
  | { readonly dialog: "new" }
  | { readonly dialog: "edit" | "delete" | "runs"; readonly schedule: AdminSchedule }
  | null;

/** What the clock calls, when it does so next, and how it went. */
export function SchedulesTab(): ReactElement {
  const { registryId, name, install, done } = useManagedInstall();
  const loaded = useLoaded(
    useCallback(async () => {
      const [schedules, endpoints] = await Promise.all([
        listSchedules(registryId),
        listEndpoints(registryId),
      ]);
      return { schedules, endpoints };
    }, [registryId]),
  );
  const [open, setOpen] = useState<Open>(null);
  const [revision, setRevision] = useState(0);
  const close = (): void => setOpen(null);
  const changed = async (message: string): Promise<void> => {
    setOpen((now) => (now?.dialog === "runs" ? now : null));
    await loaded.reload();
    setRevision((now) => now + 1);
    await done(message);
  };
  return (
    <Shown loaded={loaded}>
      {({ schedules, endpoints }) => (
        <div className="acme-stack">
          <Section
            title="Schedules"
            hint={`Acme PSA calls ${name} at these times, whether or not somebody is there.`}
            actions={
              endpoints.length > 0 && (
                <Button variant="outline" onClick={() => setOpen({ dialog: "new" })}>
                  New schedule
                </Button>
              )
            }
          >
            {endpoints.length === 0 && (
              <p className="acme-muted">
                Version {install.version} of {name} offers nothing that a schedule could call.
              </p>
            )}
            {endpoints.length > 0 && schedules.length === 0 && (
              <p className="acme-muted">Nothing is scheduled yet.</p>
            )}
            {schedules.length > 0 && (
              <ul className="acme-rows">
                {schedules.map((schedule) => (
                  <ScheduleRow
                    key={schedule.id}
                    schedule={schedule}
                    onChanged={changed}
                    onOpen={(dialog) => setOpen({ dialog, schedule })}
                  />
                ))}
              </ul>
            )}
          </Section>
          {open?.dialog === "runs" && (
            <Deliveries
              key={`${open.schedule.id} ${revision}`}
              sourceId={open.schedule.id}
              title={`Runs of ${open.schedule.name ?? open.schedule.endpointPath}`}
              hint="Newest first."
            />
          )}
          {(open?.dialog === "new" || open?.dialog === "edit") && (
            <ScheduleDialog
              schedule={open.dialog === "new" ? null : open.schedule}
              endpoints={endpoints}
              onClose={close}
              onDone={(message) => void changed(message)}
            />
          )}
          {open?.dialog === "delete" && (
            <DeleteScheduleDialog
              schedule={open.schedule}
              onClose={close}
              onDone={(message) => void changed(message)}
            />
          )}
          {!install.enabled && schedules.length > 0 && (
            <Card className="acme-empty">{name} is switched off: nothing runs until it is on again.</Card>
          )}
        </div>
      )}
    </Shown>
  );
}

import type { AdminSchedule } from "@alga-ext/registry";
import { Alert, Badge, Button, DropdownMenu, Switch } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { changeSchedule, runSchedule } from "../../api/schedules.ts";
import { Icon } from "../../Icon.tsx";
import { Time } from "../parts/Time.tsx";
import { useAction } from "../useAction.ts";
import { useManagedInstall } from "./managed.ts";

/** Props of {@link ScheduleRow}. */
export interface ScheduleRowProps {
  readonly schedule: AdminSchedule;
  readonly onChanged: (message: string) => Promise<void>;
  readonly onOpen: (dialog: "edit" | "delete" | "runs") => void;
}

/** One schedule: what it calls, when, and how it went last. */
export function ScheduleRow({ schedule, onChanged, onOpen }: ScheduleRowProps): ReactElement {
  const { registryId } = useManagedInstall();
  const { id, cron, timezone, enabled, nextRunAt, lastRunAt, lastRunStatus, lastError } = schedule;
  const call = `${schedule.endpointMethod} ${schedule.endpointPath}`;
  const name = schedule.name ?? call;
  const action = useAction();
  const act = (work: () => Promise<unknown>, message: string): void => {
    void action.run(async () => {
      await work();
      await onChanged(message);
    });
  };
  return (
    <li className="acme-row">
      <div>
        <p className="acme-inline">
          <strong>{name}</strong>
          {lastRunStatus === "success" && <Badge tone="success">Last run went well</Badge>}
          {lastRunStatus === "error" && <Badge tone="danger">Last run failed</Badge>}
        </p>
        <p className="acme-muted">
          <code>{cron}</code> in {timezone}
          {schedule.name !== null && (
            <>
              , calls <code>{call}</code>
            </>
          )}
        </p>
        <p className="acme-muted">
          {nextRunAt === null ? (
            "Does not run by itself."
          ) : (
            <>
              Next run: <Time at={nextRunAt} />.
            </>
          )}
          {lastRunAt !== null && (
            <>
              {" "}
              Last run: <Time at={lastRunAt} />.
            </>
          )}
        </p>
        {lastError !== null && lastRunStatus !== "success" && <p className="acme-error">{lastError}</p>}
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
      </div>
      <div className="acme-buttons acme-buttons--end">
        <Switch
          label={<span aria-hidden="true">{enabled ? "On" : "Off"}</span>}
          aria-label={`Enabled: ${name}`}
          checked={enabled}
          disabled={action.isBusy}
          onCheckedChange={(on) =>
            act(() => changeSchedule(registryId, id, { enabled: on }), `${name} is ${on ? "on" : "off"}.`)
          }
        />
        <Button
          variant="outline"
          size="sm"
          aria-label={`Run now: ${name}`}
          loading={action.isBusy}
          onClick={() => act(() => runSchedule(registryId, id), `${name} runs now.`)}
        >
          Run now
        </Button>
        <DropdownMenu
          align="right"
          trigger={
            <Button variant="ghost" size="icon" aria-label={`More actions for ${name}`}>
              <Icon name="more" />
            </Button>
          }
          items={[
            { key: "runs", label: "Show runs", onClick: () => onOpen("runs") },
            { key: "edit", label: "Edit", onClick: () => onOpen("edit") },
            { key: "delete", label: "Delete", danger: true, divider: true, onClick: () => onOpen("delete") },
          ]}
        />
      </div>
    </li>
  );
}

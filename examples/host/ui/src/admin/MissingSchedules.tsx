import { Alert, Button } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { ApiError } from "../api/request.ts";

/** A schedule whose endpoint another version does not have. */
export interface MissingSchedule {
  readonly scheduleId: string;
  readonly method: string;
  readonly path: string;
}

/** Which schedules stand in the way of a version, when that is why it was refused. */
export function missingSchedulesOf(failure: unknown): readonly MissingSchedule[] {
  if (!(failure instanceof ApiError) || failure.code !== "schedule_remap_failed") return [];
  return (failure.details["missing"] as readonly MissingSchedule[] | undefined) ?? [];
}

/** Asks whether schedules that would call nothing may be switched off. */
export function MissingSchedules({
  missing,
  isBusy,
  onGoOn,
}: {
  readonly missing: readonly MissingSchedule[];
  readonly isBusy: boolean;
  readonly onGoOn: () => void;
}): ReactElement | null {
  if (missing.length === 0) return null;
  return (
    <Alert tone="warning">
      That version no longer answers what these schedules call:
      <ul className="acme-bullets">
        {missing.map(({ scheduleId, method, path }) => (
          <li key={scheduleId}>
            <code>
              {method} {path}
            </code>
          </li>
        ))}
      </ul>
      <Button variant="outline" size="sm" loading={isBusy} onClick={onGoOn}>
        Switch them off and go on
      </Button>
    </Alert>
  );
}

import type { AdminSchedule } from "@alga-ext/registry";
import { Alert, Button, Checkbox, CustomSelect, Dialog, Input, TextArea } from "@alga-ext/ui-kit";
import { useId, useState, type FormEvent, type ReactElement } from "react";
import {
  changeSchedule,
  createSchedule,
  type ScheduleEndpoint,
  type ScheduleForm,
} from "../../api/schedules.ts";
import { useAction } from "../useAction.ts";
import { useManagedInstall } from "./managed.ts";
import { CRON_EXAMPLES, fieldErrorsOf, timezones, toForm, toSentence } from "./schedule-form.ts";

/** Props of {@link ScheduleDialog}. */
export interface ScheduleDialogProps {
  /** Null for a new one. */
  readonly schedule: AdminSchedule | null;
  readonly endpoints: readonly ScheduleEndpoint[];
  readonly onClose: () => void;
  readonly onDone: (message: string) => void;
}

/** Make or change a schedule; what is wrong is said at its field. */
export function ScheduleDialog({ schedule, endpoints, onClose, onDone }: ScheduleDialogProps): ReactElement {
  const { registryId } = useManagedInstall();
  const formId = useId();
  const hintId = useId();
  const [form, setForm] = useState<ScheduleForm>(() => toForm(schedule));
  const action = useAction();
  const errors = fieldErrorsOf(action.failure);
  const set = (change: Partial<ScheduleForm>): void => setForm({ ...form, ...change });
  const errorOf = (field: string): { readonly error?: string } =>
    errors?.[field] === undefined ? {} : { error: toSentence(errors[field]) };
  const title = form.name?.trim() ?? "";

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    const wanted = { ...form, name: title === "" ? null : title, cron: form.cron.trim() };
    const worked = await action.run(() =>
      schedule === null
        ? createSchedule(registryId, wanted)
        : changeSchedule(registryId, schedule.id, wanted),
    );
    if (worked) onDone(`The schedule was ${schedule === null ? "created" : "changed"}.`);
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={schedule === null ? "New schedule" : "Edit schedule"}
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" form={formId} loading={action.isBusy} disabled={form.endpointId === ""}>
            {schedule === null ? "Create schedule" : "Save schedule"}
          </Button>
        </>
      }
    >
      <form id={formId} className="acme-form" noValidate onSubmit={(event) => void save(event)}>
        {action.error !== null && errors === null && <Alert tone="danger">{action.error}</Alert>}
        <Input
          label="Name"
          placeholder="Nightly upkeep"
          maxLength={128}
          {...errorOf("name")}
          value={form.name ?? ""}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <CustomSelect
          label="Calls"
          placeholder="Choose what to call"
          {...errorOf("endpointId")}
          value={form.endpointId}
          options={endpoints.map(({ id, method, path }) => ({ value: id, label: `${method} ${path}` }))}
          onValueChange={(endpointId) => set({ endpointId })}
        />
        <div>
          <div className="acme-pair">
            <Input
              label="When (cron)"
              spellCheck={false}
              aria-describedby={hintId}
              {...errorOf("cron")}
              value={form.cron}
              onChange={(event) => set({ cron: event.currentTarget.value })}
            />
            <CustomSelect
              label="Time zone"
              {...errorOf("timezone")}
              value={form.timezone}
              options={timezones(form.timezone).map((value) => ({ value, label: value }))}
              onValueChange={(timezone) => set({ timezone })}
            />
          </div>
          <p id={hintId} className="acme-setting__hint">
            Minute, hour, day of month, month, day of week; at least 5 minutes apart.
          </p>
          <div className="acme-buttons">
            {CRON_EXAMPLES.map(({ cron, label }) => (
              <Button key={cron} size="xs" variant="soft" onClick={() => set({ cron })}>
                {label}
              </Button>
            ))}
          </div>
        </div>
        <TextArea
          label="Payload (JSON, optional)"
          spellCheck={false}
          {...errorOf("payloadJson")}
          {...errorOf("payload")}
          value={form.payloadJson}
          onChange={(event) => set({ payloadJson: event.currentTarget.value })}
        />
        <Checkbox
          label="Runs by itself"
          checked={form.enabled}
          onCheckedChange={(enabled) => set({ enabled })}
        />
      </form>
    </Dialog>
  );
}

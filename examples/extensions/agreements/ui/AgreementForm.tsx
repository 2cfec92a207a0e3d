import { ApiError } from "@alga-ext/sdk/ui";
import {
  Alert,
  AlertDescription,
  AlertTitle,
  Button,
  CustomSelect,
  Input,
  Label,
  TextArea,
} from "@alga-ext/ui-kit";
import { useEffect, useId, useRef, useState, type FormEvent, type ReactElement, type ReactNode } from "react";
import { CURRENCIES, STATUS_OPTIONS, type Agreement, type AgreementInput } from "./agreement.ts";
import { toConflict } from "./conflict.ts";
import { ConflictPanel } from "./ConflictPanel.tsx";
import { explainError } from "./explain-error.ts";
import { isSame, toInput, toFields, validateInput, type DraftFields, type FieldErrors } from "./validate.ts";

/** The fields of an agreement, checked here and again by the server. */
export function AgreementForm(props: {
  /** The stored agreement that is changed, or null for a new one. */
  readonly initial: Agreement | null;
  readonly submitLabel: string;
  /** Save it; `seen` is the version the draft was made from. */
  readonly onSubmit: (draft: AgreementInput, seen: Agreement | null) => Promise<void>;
  /** Whether there is something typed that is not saved. */
  readonly onDirtyChange: (isDirty: boolean) => void;
  readonly onCancel: () => void;
}): ReactElement {
  const [opened, setOpened] = useState(props.initial);
  const [theirs, setTheirs] = useState<Agreement | null>(null);
  const [fields, setFields] = useState<DraftFields>(() => toFields(props.initial));
  const [errors, setErrors] = useState<FieldErrors>({});
  const [failure, setFailure] = useState<unknown>(null);
  const [isSaving, setSaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const ids = useId();

  // The first field that is not acceptable takes focus, so that its message is spoken.
  useEffect(() => {
    if (Object.keys(errors).length > 0) {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }
  }, [errors]);

  const { onDirtyChange } = props;
  const isDirty = !isSame(fields, toFields(opened));
  useEffect(() => onDirtyChange(isDirty), [isDirty, onDirtyChange]);

  const set = (name: keyof DraftFields) => (value: string) => {
    setFields((before) => ({ ...before, [name]: value }));
  };
  const bind = (name: keyof DraftFields) => ({
    id: `${ids}-${name}`,
    name,
    value: fields[name],
    error: errors[name] !== undefined,
    errorMessage: errors[name],
  });
  const type =
    (name: keyof DraftFields) =>
    (event: { readonly currentTarget: { readonly value: string } }): void =>
      set(name)(event.currentTarget.value);

  const submit = async (seen: Agreement | null): Promise<void> => {
    const found = validateInput(fields);
    setErrors(found);
    setFailure(null);
    if (Object.keys(found).length > 0) return;
    setSaving(true);
    try {
      await props.onSubmit(toInput(fields), seen);
    } catch (error) {
      const fromServer = serverErrors(error);
      const saved = toConflict(error);
      if (saved !== null) setTheirs(saved);
      else if (fromServer === null) setFailure(error);
      else setErrors(fromServer);
      setSaving(false);
    }
  };

  const currencies: readonly string[] = CURRENCIES;
  const offered = currencies.includes(fields.currency) ? currencies : [fields.currency, ...currencies];
  return (
    <form
      ref={form}
      className="form"
      noValidate
      aria-busy={isSaving}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (!isSaving) void submit(opened);
      }}
    >
      {failure !== null && <SaveFailure error={failure} />}
      {theirs !== null && opened !== null && (
        <ConflictPanel
          opened={opened}
          theirs={theirs}
          isSaving={isSaving}
          onOverwrite={() => void submit(theirs)}
          onReload={() => {
            setOpened(theirs);
            setFields(toFields(theirs));
            setErrors({});
            setTheirs(null);
            form.current?.querySelector<HTMLElement>("[name=title]")?.focus();
          }}
        />
      )}
      <Row>
        <FieldOf id={`${ids}-title`} label="Title" required wide>
          <Input {...bind("title")} onChange={type("title")} required maxLength={200} autoComplete="off" />
        </FieldOf>
        <FieldOf id={`${ids}-status`} label="Status">
          <CustomSelect {...bind("status")} options={STATUS_OPTIONS} onValueChange={set("status")} />
        </FieldOf>
        <FieldOf id={`${ids}-customer`} label="Customer" required full>
          <Input
            {...bind("customer")}
            onChange={type("customer")}
            required
            maxLength={200}
            autoComplete="organization"
          />
        </FieldOf>
      </Row>
      <Row>
        <FieldOf id={`${ids}-value`} label="Value" required>
          <Input
            {...bind("value")}
            onChange={type("value")}
            required
            type="number"
            inputMode="decimal"
            min={0}
            step="any"
          />
        </FieldOf>
        <FieldOf id={`${ids}-currency`} label="Currency">
          <CustomSelect
            {...bind("currency")}
            options={offered.map((code) => ({ value: code, label: code }))}
            onValueChange={set("currency")}
          />
        </FieldOf>
        <FieldOf id={`${ids}-startDate`} label="First day" required>
          <Input {...bind("startDate")} onChange={type("startDate")} required type="date" />
        </FieldOf>
        <FieldOf id={`${ids}-endDate`} label="Last day" required>
          <Input {...bind("endDate")} onChange={type("endDate")} required type="date" />
        </FieldOf>
      </Row>
      <Row>
        <FieldOf id={`${ids}-notes`} label="Notes" full>
          <TextArea {...bind("notes")} onChange={type("notes")} rows={4} autoResize maxLength={5000} />
        </FieldOf>
      </Row>
      <div className="form__actions">
        <Button variant="outline" onClick={props.onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={isSaving}>
          {props.submitLabel}
        </Button>
      </div>
    </form>
  );
}

function Row({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className="form__row">{children}</div>;
}

function FieldOf(props: {
  readonly id: string;
  readonly label: string;
  readonly required?: boolean;
  readonly wide?: boolean;
  readonly full?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  const width = props.full === true ? "form__field--full" : props.wide === true ? "form__field--wide" : "";
  return (
    <div className={`form__field ${width}`}>
      <Label htmlFor={props.id} required={props.required === true}>
        {props.label}
      </Label>
      {props.children}
    </div>
  );
}

function SaveFailure({ error }: { readonly error: unknown }): ReactElement {
  const { title, text, requestId } = explainError(error);
  return (
    <Alert tone="danger">
      <AlertTitle>Not saved. {title}</AlertTitle>
      <AlertDescription>
        {text}
        {requestId !== null && <span className="alert-text--small"> Request {requestId}</span>}
      </AlertDescription>
    </Alert>
  );
}

/** The server's own verdict per field, when that is what it answered. */
function serverErrors(error: unknown): FieldErrors | null {
  if (!(error instanceof ApiError) || typeof error.body !== "object" || error.body === null) return null;
  const fields: unknown = Reflect.get(error.body, "fields");
  if (typeof fields !== "object" || fields === null) return null;
  const known = Object.keys(toFields(null));
  const entries = Object.entries(fields).filter(
    ([name, message]) => known.includes(name) && typeof message === "string",
  );
  return entries.length === 0 ? null : (Object.fromEntries(entries) as FieldErrors);
}

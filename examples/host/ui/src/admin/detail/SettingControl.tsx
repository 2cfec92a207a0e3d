import { Button, Checkbox, CustomSelect, Input, TextArea } from "@alga-ext/ui-kit";
import { useId, type ReactElement } from "react";
import type { Draft, SettingField } from "./settings-form.ts";

/** Props of {@link SettingControl}. */
export interface SettingControlProps {
  readonly field: SettingField;
  readonly draft: Draft;
  /** Of a secret: whether one is stored. */
  readonly isStored: boolean;
  readonly problem: string | undefined;
  readonly onChange: (draft: Draft) => void;
  /** Take back what is stored, so that the default counts. */
  readonly onReset: (() => void) | null;
}

/** The control of one setting, with what it is for and what is wrong with it. */
export function SettingControl(props: SettingControlProps): ReactElement {
  const { field, draft, isStored, problem, onChange, onReset } = props;
  const hintId = useId();
  const label = (
    <>
      {field.title}
      {field.isRequired && <span className="acme-muted"> (required)</span>}
    </>
  );
  const common = {
    label,
    ...(problem === undefined ? {} : { error: problem }),
    ...(field.description === "" ? {} : { "aria-describedby": hintId }),
  };
  const text = typeof draft === "string" ? draft : "";
  return (
    <div className="acme-setting">
      {field.kind === "flag" ? (
        <FlagControl {...props} label={label} hintId={hintId} />
      ) : field.kind === "choice" ? (
        <CustomSelect {...common} value={text} options={field.options} onValueChange={onChange} />
      ) : field.kind === "multiline" || field.kind === "json" ? (
        <TextArea
          {...common}
          autoResize
          spellCheck={field.kind === "multiline"}
          placeholder={field.placeholder}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <Input
          {...common}
          {...(field.kind === "secret" ? { type: "password", autoComplete: "new-password" } : {})}
          {...(field.kind === "number" ? { inputMode: "decimal" } : {})}
          placeholder={isStored ? "Stored. Type a new value to replace it" : field.placeholder}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
      {field.description !== "" && (
        <p id={hintId} className="acme-setting__hint">
          {field.description}
        </p>
      )}
      {onReset !== null && (
        <Button variant="link" onClick={onReset}>
          {field.kind === "secret" ? "Delete what is stored" : "Back to the default"}
          <span className="alga-visually-hidden"> of {field.title}</span>
        </Button>
      )}
    </div>
  );
}

function FlagControl({
  field,
  draft,
  problem,
  onChange,
  label,
  hintId,
}: SettingControlProps & { readonly label: ReactElement; readonly hintId: string }): ReactElement {
  const problemId = useId();
  const describedBy = [field.description !== "" && hintId, problem !== undefined && problemId].filter(
    Boolean,
  );
  return (
    <>
      <Checkbox
        label={label}
        checked={draft === true}
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={describedBy.join(" ") || undefined}
        onCheckedChange={onChange}
      />
      {problem !== undefined && (
        <div id={problemId} className="alga-field__error" role="alert">
          {problem}
        </div>
      )}
    </>
  );
}

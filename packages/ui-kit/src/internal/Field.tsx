import { useId, type ReactElement, type ReactNode } from "react";
import { classNames } from "./classNames.ts";

/** What a control inside a {@link Field} puts on itself. */
export interface FieldControl {
  readonly id: string;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
}

/** What every text control of the kit has around it. */
export interface FieldProps {
  readonly id: string | undefined;
  readonly error: boolean | string | undefined;
  readonly errorMessage: ReactNode;
  readonly describedBy: string | undefined;
  readonly label?: ReactNode;
  readonly className?: string;
  readonly children: (control: FieldControl) => ReactElement;
}

/** Ties a control to its label and its error text; a string in `error` is the text itself. */
export function Field({
  id,
  error,
  errorMessage,
  describedBy,
  label,
  className,
  children,
}: FieldProps): ReactElement {
  const ownId = useId();
  const controlId = id ?? ownId;
  const messageId = `${controlId}-error`;
  const invalid = error !== undefined && error !== false && error !== "";
  const message = invalid ? (errorMessage ?? (typeof error === "string" ? error : undefined)) : undefined;
  const control: FieldControl = {
    id: controlId,
    "aria-invalid": invalid ? true : undefined,
    "aria-describedby":
      [describedBy, message !== undefined && messageId].filter(Boolean).join(" ") || undefined,
  };
  return (
    <div className={classNames("alga-field", className)}>
      {label !== undefined && (
        <label className="alga-label" htmlFor={controlId}>
          {label}
        </label>
      )}
      {children(control)}
      {message !== undefined && (
        <div id={messageId} className="alga-field__error" role="alert">
          {message}
        </div>
      )}
    </div>
  );
}

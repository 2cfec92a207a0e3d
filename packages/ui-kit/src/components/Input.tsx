import { forwardRef, type ComponentPropsWithoutRef, type ReactNode } from "react";
import { classNames } from "../internal/classNames.ts";
import { Field } from "../internal/Field.tsx";

/** Props of {@link Input}. */
export interface InputProps extends ComponentPropsWithoutRef<"input"> {
  /** True, or the text itself, when the value is not acceptable. */
  readonly error?: boolean | string;
  readonly errorMessage?: ReactNode;
  /** Text above the field; without it use a `Label` or an `aria-label`. */
  readonly label?: ReactNode;
}

/** A one-line text field; an error is tied to it and spoken. */
export const Input = forwardRef<HTMLInputElement, InputProps>(function Input(
  { error, errorMessage, label, className, id, "aria-describedby": describedBy, ...rest },
  ref,
) {
  return (
    <Field id={id} error={error} errorMessage={errorMessage} describedBy={describedBy} label={label}>
      {(control) => (
        <input {...rest} {...control} ref={ref} className={classNames("alga-input", className)} />
      )}
    </Field>
  );
});

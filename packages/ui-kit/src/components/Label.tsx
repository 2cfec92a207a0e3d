import type { ComponentPropsWithoutRef, ReactElement } from "react";
import { classNames } from "../internal/classNames.ts";

/** Props of {@link Label}. */
export interface LabelProps extends ComponentPropsWithoutRef<"label"> {
  /** Shows a star; put `required` on the control too. @default false */
  readonly required?: boolean;
  /** @default false */
  readonly disabled?: boolean;
  /** @default "md" */
  readonly size?: "sm" | "md" | "lg";
}

/** The name of a control; point `htmlFor` at it. */
export function Label({
  required = false,
  disabled = false,
  size = "md",
  className,
  children,
  htmlFor,
  ...rest
}: LabelProps): ReactElement {
  return (
    <label
      {...rest}
      htmlFor={htmlFor}
      className={classNames(
        "alga-label",
        `alga-label--${size}`,
        disabled && "alga-label--disabled",
        className,
      )}
    >
      {children}
      {required && (
        <span className="alga-label__required" aria-hidden="true">
          *
        </span>
      )}
    </label>
  );
}

import { forwardRef, type ComponentPropsWithoutRef, type ReactNode } from "react";
import { classNames } from "../internal/classNames.ts";

/** Props of {@link Switch}. */
export interface SwitchProps extends Omit<
  ComponentPropsWithoutRef<"input">,
  "type" | "size" | "checked" | "onChange" | "role"
> {
  /** @default false */
  readonly checked?: boolean;
  readonly onCheckedChange?: (checked: boolean) => void;
  /** Alias of `onCheckedChange`, as older documentation has it. */
  readonly onChange?: (checked: boolean) => void;
  /** Text beside the switch; without it give an `aria-label`. */
  readonly label?: ReactNode;
  /** @default "md" */
  readonly size?: "sm" | "md" | "lg";
}

/** An on/off setting that takes effect at once: a native checkbox spoken as a switch. */
export const Switch = forwardRef<HTMLInputElement, SwitchProps>(function Switch(
  { checked = false, onCheckedChange, onChange, label, size = "md", className, style, ...rest },
  ref,
) {
  return (
    // The control is inside, so the label needs no htmlFor.
    <label className={classNames("alga-switch", `alga-switch--${size}`, className)} style={style}>
      <input
        {...rest}
        ref={ref}
        type="checkbox"
        role="switch"
        aria-checked={checked}
        className="alga-switch__control"
        checked={checked}
        onChange={(event) => {
          onCheckedChange?.(event.currentTarget.checked);
          onChange?.(event.currentTarget.checked);
        }}
      />
      {label !== undefined && <span>{label}</span>}
    </label>
  );
});

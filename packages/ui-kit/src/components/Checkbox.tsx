import {
  forwardRef,
  useEffect,
  useImperativeHandle,
  useRef,
  type ComponentPropsWithoutRef,
  type ReactNode,
} from "react";
import { classNames } from "../internal/classNames.ts";

/** Props of {@link Checkbox}. */
export interface CheckboxProps extends Omit<ComponentPropsWithoutRef<"input">, "type" | "size"> {
  /** Text beside the box; without it give an `aria-label`. */
  readonly label?: ReactNode;
  /** Neither on nor off; shown and spoken as mixed. @default false */
  readonly indeterminate?: boolean;
  /** @default "md" */
  readonly size?: "sm" | "md" | "lg";
  /** Called with the new state, after `onChange`. */
  readonly onCheckedChange?: (checked: boolean) => void;
}

/** A native checkbox with its label. */
export const Checkbox = forwardRef<HTMLInputElement, CheckboxProps>(function Checkbox(
  { label, indeterminate = false, size = "md", onCheckedChange, onChange, className, ...rest },
  ref,
) {
  const input = useRef<HTMLInputElement>(null);
  useImperativeHandle(ref, () => input.current as HTMLInputElement, []);
  useEffect(() => {
    if (input.current !== null) input.current.indeterminate = indeterminate;
  }, [indeterminate, rest.checked]);
  const box = (
    <input
      {...rest}
      ref={input}
      type="checkbox"
      className={classNames("alga-checkbox__box", label === undefined && className)}
      onChange={(event) => {
        onChange?.(event);
        onCheckedChange?.(event.currentTarget.checked);
      }}
    />
  );
  if (label === undefined) return box;
  return (
    <label className={classNames("alga-checkbox", `alga-checkbox--${size}`, className)}>
      {box}
      <span className="alga-checkbox__label">{label}</span>
    </label>
  );
});

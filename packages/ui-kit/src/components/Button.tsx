import { forwardRef, type ComponentPropsWithoutRef } from "react";
import { classNames } from "../internal/classNames.ts";
import { Spinner } from "./Spinner.tsx";

/** Props of {@link Button}. */
export interface ButtonProps extends ComponentPropsWithoutRef<"button"> {
  /** `danger` is accepted as a name for `destructive`. @default "primary" */
  readonly variant?:
    | "primary"
    | "secondary"
    | "destructive"
    | "danger"
    | "outline"
    | "ghost"
    | "link"
    | "soft"
    | "dashed";
  /** `icon` is a square; give it an `aria-label`. @default "md" */
  readonly size?: "xs" | "sm" | "md" | "lg" | "icon";
  /** Shows a spinner and ignores clicks, but keeps focus. @default false */
  readonly loading?: boolean;
}

/** A button; `type` is `button` unless said otherwise, so that it never submits a form by accident. */
export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  {
    variant = "primary",
    size = "md",
    loading = false,
    type = "button",
    className,
    children,
    onClick,
    ...rest
  },
  ref,
) {
  const look = variant === "danger" ? "destructive" : variant;
  return (
    <button
      {...rest}
      ref={ref}
      // eslint-disable-next-line react/button-has-type -- the type is the caller's, with a safe default
      type={loading && type === "submit" ? "button" : type}
      className={classNames("alga-button", `alga-button--${look}`, `alga-button--${size}`, className)}
      aria-busy={loading || undefined}
      aria-disabled={loading || rest["aria-disabled"]}
      onClick={loading ? undefined : onClick}
    >
      {loading && <Spinner size="button" aria-hidden="true" />}
      {children}
    </button>
  );
});

import type { ComponentPropsWithoutRef, ReactElement } from "react";
import { classNames } from "../internal/classNames.ts";

/** Props of {@link Spinner}. */
export interface SpinnerProps extends ComponentPropsWithoutRef<"span"> {
  /** 16, 24, 40, 48 or 64 px. @default "md" */
  readonly size?: "button" | "xs" | "sm" | "md" | "lg";
  /** `inverted` is for coloured surfaces. @default "default" */
  readonly variant?: "default" | "inverted";
}

/** Something is under way. Spoken as "Loading" unless hidden or named otherwise. */
export function Spinner({
  size = "md",
  variant = "default",
  className,
  ...rest
}: SpinnerProps): ReactElement {
  const name = rest["aria-hidden"] === undefined ? { role: "status", "aria-label": "Loading" } : {};
  return (
    <span
      {...name}
      {...rest}
      className={classNames("alga-spinner", `alga-spinner--${size}`, `alga-spinner--${variant}`, className)}
    />
  );
}

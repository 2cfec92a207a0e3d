import type { ComponentPropsWithoutRef, ReactElement } from "react";
import { classNames } from "../internal/classNames.ts";

/** Props of {@link Badge}. */
export interface BadgeProps extends ComponentPropsWithoutRef<"span"> {
  /** @default "default" */
  readonly tone?: "default" | "info" | "success" | "warning" | "danger";
}

/** A short status word. The word carries the meaning, the colour only repeats it. */
export function Badge({ tone = "default", className, ...rest }: BadgeProps): ReactElement {
  return <span {...rest} className={classNames("alga-badge", `alga-badge--${tone}`, className)} />;
}

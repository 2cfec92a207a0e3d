import type { ComponentPropsWithoutRef, ReactElement } from "react";
import { classNames } from "../internal/classNames.ts";
import { Icon, type IconName } from "../internal/Icon.tsx";

/** Props of {@link Alert}. */
export interface AlertProps extends ComponentPropsWithoutRef<"div"> {
  /** @default "info" */
  readonly tone?: "info" | "success" | "warning" | "danger";
  /** @default true */
  readonly showIcon?: boolean;
}

const ICONS = {
  info: "info",
  success: "success",
  warning: "danger",
  danger: "danger",
} as const satisfies Record<string, IconName>;

/**
 * A message in the flow of the page. `warning` and `danger` are spoken at once, the others politely;
 * pass `role` to change that.
 */
export function Alert({
  tone = "info",
  showIcon = true,
  className,
  children,
  ...rest
}: AlertProps): ReactElement {
  const role = tone === "danger" || tone === "warning" ? "alert" : "status";
  return (
    <div role={role} {...rest} className={classNames("alga-alert", `alga-alert--${tone}`, className)}>
      {showIcon && <Icon name={ICONS[tone]} />}
      <div className="alga-alert__body">{children}</div>
    </div>
  );
}

/** The bold first line of an {@link Alert}. */
export function AlertTitle({ className, ...rest }: ComponentPropsWithoutRef<"div">): ReactElement {
  return <div {...rest} className={classNames("alga-alert__title", className)} />;
}

/** The text below an {@link AlertTitle}. */
export function AlertDescription({ className, ...rest }: ComponentPropsWithoutRef<"div">): ReactElement {
  return <div {...rest} className={classNames("alga-alert__description", className)} />;
}

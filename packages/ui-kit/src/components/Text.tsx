import type { ComponentPropsWithoutRef, ReactElement } from "react";
import { classNames } from "../internal/classNames.ts";

/** Props of {@link Text}. */
export interface TextProps extends ComponentPropsWithoutRef<"span"> {
  /** @default "span" */
  readonly as?: "span" | "p" | "label" | "strong";
  /** 12, 13, 14 or 16 px. @default "md" */
  readonly size?: "xs" | "sm" | "md" | "lg";
  /** @default "default" */
  readonly tone?: "default" | "muted" | "danger" | "warning" | "success";
  /** @default 400 */
  readonly weight?: 400 | 500 | 600 | 700;
}

/** Text in the kit's sizes and tones. */
export function Text({
  as: Element = "span",
  size = "md",
  tone = "default",
  weight = 400,
  className,
  ...rest
}: TextProps): ReactElement {
  return (
    <Element
      {...rest}
      className={classNames(
        "alga-text",
        `alga-text--${size}`,
        `alga-text--${tone}`,
        `alga-text--${weight}`,
        className,
      )}
    />
  );
}

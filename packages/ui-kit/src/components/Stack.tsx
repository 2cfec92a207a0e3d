import type { ComponentPropsWithoutRef, CSSProperties, ReactElement } from "react";
import { classNames } from "../internal/classNames.ts";

/** Props of {@link Stack}. */
export interface StackProps extends ComponentPropsWithoutRef<"div"> {
  /** @default "column" */
  readonly direction?: "row" | "column";
  /** Pixels, or any CSS length. @default 8 */
  readonly gap?: number | string;
  readonly align?: CSSProperties["alignItems"];
  readonly justify?: CSSProperties["justifyContent"];
  /** Rows may break into several lines. @default false */
  readonly wrap?: boolean;
}

/** Lays children out in a row or a column with equal gaps. */
export function Stack({
  direction = "column",
  gap = 8,
  align,
  justify,
  wrap = false,
  className,
  style,
  ...rest
}: StackProps): ReactElement {
  return (
    <div
      {...rest}
      className={classNames("alga-stack", `alga-stack--${direction}`, wrap && "alga-stack--wrap", className)}
      style={{
        gap,
        ...(align === undefined ? {} : { alignItems: align }),
        ...(justify === undefined ? {} : { justifyContent: justify }),
        ...style,
      }}
    />
  );
}

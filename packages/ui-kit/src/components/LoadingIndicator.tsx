import type { CSSProperties, ReactElement, ReactNode } from "react";
import { classNames } from "../internal/classNames.ts";
import { Spinner, type SpinnerProps } from "./Spinner.tsx";

/** Props of {@link LoadingIndicator}. */
export interface LoadingIndicatorProps {
  readonly size?: SpinnerProps["size"];
  /** Shown and spoken. @default spoken as "Loading" */
  readonly text?: ReactNode;
  /** @default "inline" */
  readonly layout?: "inline" | "stacked";
  readonly className?: string;
  readonly style?: CSSProperties;
}

/** A spinner with its text, as one polite status message. */
export function LoadingIndicator({
  size = "xs",
  text,
  layout = "inline",
  className,
  style,
}: LoadingIndicatorProps): ReactElement {
  return (
    <output className={classNames("alga-loading", `alga-loading--${layout}`, className)} style={style}>
      <Spinner size={size} aria-hidden="true" />
      {text === undefined ? <span className="alga-visually-hidden">Loading</span> : <span>{text}</span>}
    </output>
  );
}

import type { CSSProperties, ReactElement } from "react";
import { classNames } from "../internal/classNames.ts";

/** Props of {@link Separator}. */
export interface SeparatorProps {
  /** @default "horizontal" */
  readonly orientation?: "horizontal" | "vertical";
  readonly className?: string;
  readonly style?: CSSProperties;
}

/** A thin line between groups. */
export function Separator({ orientation = "horizontal", className, style }: SeparatorProps): ReactElement {
  return (
    <hr
      aria-orientation={orientation}
      className={classNames("alga-separator", `alga-separator--${orientation}`, className)}
      style={style}
    />
  );
}

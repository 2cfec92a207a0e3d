import type { ComponentPropsWithoutRef, ReactElement } from "react";
import { classNames } from "../internal/classNames.ts";

/** A surface that groups what belongs together. */
export function Card({ className, ...rest }: ComponentPropsWithoutRef<"div">): ReactElement {
  return <div {...rest} className={classNames("alga-card", className)} />;
}

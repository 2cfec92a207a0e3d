import { Card, Skeleton } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";

/** Holds the place of what is being loaded. */
export function PlaceholderCard(): ReactElement {
  return (
    <Card aria-busy="true">
      <output className="alga-visually-hidden">Loading</output>
      <Skeleton lines={4} />
    </Card>
  );
}

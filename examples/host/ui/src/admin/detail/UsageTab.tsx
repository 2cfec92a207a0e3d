import type { ReactElement } from "react";
import { Quotas } from "./Quotas.tsx";
import { UsageByDay } from "./UsageByDay.tsx";

/** What an extension used, and how much it may. */
export function UsageTab(): ReactElement {
  return (
    <div className="acme-stack">
      <Quotas />
      <UsageByDay />
    </div>
  );
}

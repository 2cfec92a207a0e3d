import type { AuditRecord } from "@alga-ext/registry";
import type { ReactElement } from "react";
import { Facts } from "../parts/Facts.tsx";
import { formatTime } from "../parts/format.ts";

/** All that was kept of one entry. */
export function AuditDetail({ entry }: { readonly entry: AuditRecord }): ReactElement {
  const fact = (label: string, value: string | null) =>
    value === null || value === "" ? [] : [{ label, value }];
  return (
    <div className="acme-call">
      <Facts
        facts={[
          { label: "When", value: formatTime(entry.at) },
          { label: "Who", value: entry.actor ?? "The system" },
          { label: "Type", value: <code>{entry.eventType}</code> },
          ...fact("About", entry.resourceId === null ? null : `${entry.resourceType} ${entry.resourceId}`),
          ...fact("Error", entry.errorMessage),
          ...fact("From", entry.ipAddress),
          ...fact("With", entry.userAgent),
        ]}
      />
      <pre className="acme-loglines" aria-label="Details">
        {JSON.stringify(entry.details, null, 2)}
      </pre>
    </div>
  );
}

import type { ReactElement } from "react";
import { useManaged } from "./managed.ts";
import { PublishedVersions } from "./PublishedVersions.tsx";
import { VersionHistory } from "./VersionHistory.tsx";
import { VersionInUse } from "./VersionInUse.tsx";

/** Which version runs, which ran before, and which there are. */
export function VersionsTab(): ReactElement {
  const { install } = useManaged().data;
  return (
    <div className="acme-stack">
      {install !== null && <VersionInUse />}
      {install !== null && <VersionHistory />}
      <PublishedVersions />
    </div>
  );
}

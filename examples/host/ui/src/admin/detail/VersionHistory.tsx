import type { InstallHistoryEntry } from "@alga-ext/registry";
import { Badge, Button, DataTable } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { Section } from "../parts/Section.tsx";
import { Time } from "../parts/Time.tsx";
import { useManagedInstall } from "./managed.ts";
import { RollbackDialog } from "./RollbackDialog.tsx";

const CAUSES = {
  install: "Installed",
  update: "Updated",
  rollback: "Rolled back",
  restore: "Brought back",
} as const satisfies Record<InstallHistoryEntry["cause"], string>;

/** The versions an install ran, with the way back to each. */
export function VersionHistory(): ReactElement {
  const { data, install, done } = useManagedInstall();
  const [target, setTarget] = useState<string | null>(null);
  const { history } = data;
  // One way back to a version is enough.
  const newest = new Map(history.toReversed().map((entry) => [entry.versionId, entry]));
  return (
    <Section title="History" hint="What ran here, newest first." isFramed={false}>
      <DataTable
        aria-label="History"
        data={history}
        rowKey={({ since, versionId }) => `${since} ${versionId}`}
        responsiveColumns
        columns={[
          {
            key: "version",
            header: "Version",
            alwaysShow: true,
            width: 150,
            render: ({ version, until }) => (
              <span className="acme-inline">
                {version} {until === null && <Badge tone="success">In use</Badge>}
              </span>
            ),
          },
          { key: "cause", header: "How", width: 120, priority: 3, render: ({ cause }) => CAUSES[cause] },
          { key: "actor", header: "By", priority: 5 },
          {
            key: "since",
            header: "Since",
            width: 190,
            priority: 2,
            render: ({ since }) => <Time at={since} />,
          },
          {
            key: "back",
            header: <span className="alga-visually-hidden">Actions</span>,
            width: 110,
            align: "end",
            alwaysShow: true,
            render: (entry) =>
              entry.versionId !== install.versionId &&
              newest.get(entry.versionId) === entry && (
                <Button
                  variant="outline"
                  size="sm"
                  aria-label={`Roll back to ${entry.version}`}
                  onClick={() => setTarget(entry.version)}
                >
                  Roll back
                </Button>
              ),
          },
        ]}
      />
      {target !== null && (
        <RollbackDialog
          version={target}
          onClose={() => setTarget(null)}
          onDone={(message) => {
            setTarget(null);
            void done(message);
          }}
        />
      )}
    </Section>
  );
}

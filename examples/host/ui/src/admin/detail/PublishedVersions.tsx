import type { VersionSummary } from "@alga-ext/registry";
import { Badge, type BadgeProps } from "@alga-ext/ui-kit";
import { useCallback, type ReactElement } from "react";
import { readVersions } from "../../api/catalog.ts";
import { formatBytes } from "../parts/format.ts";
import { PagedTable } from "../parts/PagedTable.tsx";
import { Section } from "../parts/Section.tsx";
import { Time } from "../parts/Time.tsx";
import { usePaged } from "../parts/usePaged.ts";
import { useManaged } from "./managed.ts";

const STATES = {
  published: { tone: "success", label: "Published" },
  deprecated: { tone: "warning", label: "Deprecated" },
  yanked: { tone: "danger", label: "Withdrawn" },
} as const satisfies Record<VersionSummary["status"], { tone: BadgeProps["tone"]; label: string }>;

/** Every version that was published, with what its publisher says of it now. */
export function PublishedVersions(): ReactElement {
  const { registryId, data } = useManaged();
  const { channels } = data.extension;
  const list = usePaged(
    useCallback((cursor: string | null) => readVersions(registryId, cursor), [registryId]),
  );
  return (
    <Section title="Published versions" hint="Newest first. Versions never change." isFramed={false}>
      <PagedTable
        aria-label="Published versions"
        list={list}
        rowKey={({ versionId }) => versionId}
        responsiveColumns
        columns={[
          {
            key: "version",
            header: "Version",
            width: 190,
            alwaysShow: true,
            render: ({ version, versionId }) => (
              <span className="acme-inline">
                {version}
                {channels
                  .filter((channel) => channel.versionId === versionId)
                  .map(({ name }) => (
                    <Badge key={name} tone="info">
                      {name}
                    </Badge>
                  ))}
                {data.install?.versionId === versionId && <Badge>In use</Badge>}
              </span>
            ),
          },
          {
            key: "status",
            header: "State",
            alwaysShow: true,
            render: ({ status, reason }) => (
              <span className="acme-outcome">
                <Badge tone={STATES[status].tone}>{STATES[status].label}</Badge>
                {reason !== null && <span className="acme-outcome__by">{reason}</span>}
              </span>
            ),
          },
          {
            key: "publishedAt",
            header: "Published",
            width: 140,
            priority: 2,
            render: ({ publishedAt }) => <Time at={publishedAt} as="day" />,
          },
          {
            key: "keyIds",
            header: "Signatures",
            width: 110,
            align: "end",
            priority: 6,
            render: ({ keyIds }) => (keyIds.length === 0 ? "None" : keyIds.length),
          },
          {
            key: "sizeBytes",
            header: "Size",
            width: 100,
            align: "end",
            priority: 5,
            render: ({ sizeBytes }) => formatBytes(sizeBytes),
          },
        ]}
      />
    </Section>
  );
}

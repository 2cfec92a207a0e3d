import type { AuditRecord } from "@alga-ext/registry";
import { Badge, Button, CustomSelect, Input, type BadgeProps } from "@alga-ext/ui-kit";
import { useCallback, useState, type ReactElement } from "react";
import { listAudit } from "../../api/logs.ts";
import { useApp } from "../../session.ts";
import { formatTime, hoursAgo } from "../parts/format.ts";
import { PagedTable } from "../parts/PagedTable.tsx";
import { PERIODS } from "../parts/periods.ts";
import { Time } from "../parts/Time.tsx";
import { usePaged } from "../parts/usePaged.ts";
import { AuditDetail } from "./AuditDetail.tsx";
import { AUDIT_FILTERS, describeEvent } from "./audit-words.ts";
import { TenantPage } from "./TenantPage.tsx";

const STATES: Readonly<Record<string, { readonly tone: BadgeProps["tone"]; readonly label: string }>> = {
  success: { tone: "success", label: "Done" },
  denied: { tone: "warning", label: "Refused" },
  failure: { tone: "danger", label: "Failed" },
};

/** Who tried to change what, newest first. */
export function AuditPage(): ReactElement {
  const { session, installs } = useApp();
  const [eventType, setEventType] = useState("");
  const [hours, setHours] = useState("");
  const [actor, setActor] = useState("");
  const list = usePaged(
    useCallback(
      (cursor: string | null) => {
        const from = hoursAgo(hours);
        return listAudit({ eventType, actor: actor.trim(), ...(from === undefined ? {} : { from }) }, cursor);
      },
      [eventType, actor, hours],
    ),
  );
  const about = ({ resourceId, resourceName }: AuditRecord): string =>
    resourceName ??
    installs?.find(({ registryId }) => registryId === resourceId)?.displayName ??
    resourceId ??
    "–";
  return (
    <TenantPage
      title="Audit log"
      hint={`Who changed what about extensions at ${session.user.tenantName}, and who tried to. Nobody can change it.`}
      actions={
        <Button
          variant="outline"
          loading={list.isLoading && list.items !== null}
          onClick={() => void list.reload()}
        >
          Refresh
        </Button>
      }
    >
      <div className="acme-filters">
        <CustomSelect label="What" value={eventType} options={AUDIT_FILTERS} onValueChange={setEventType} />
        <CustomSelect label="When" value={hours} options={PERIODS} onValueChange={setHours} />
        <Input
          label="Who (user id)"
          spellCheck={false}
          value={actor}
          onChange={(event) => setActor(event.currentTarget.value)}
        />
      </div>
      <PagedTable
        aria-label="Audit log"
        list={list}
        emptyMessage="Nothing fits these filters."
        rowLabel={(entry) =>
          `${describeEvent(entry.eventType)}, ${formatTime(entry.at)}, ${entry.id.slice(0, 8)}`
        }
        renderDetail={(entry) => <AuditDetail entry={entry} />}
        responsiveColumns
        minColumnWidth={150}
        columns={[
          {
            key: "at",
            header: "Time",
            width: 180,
            priority: 5,
            render: ({ at }) => <Time at={at} as="time" />,
          },
          {
            key: "eventType",
            header: "What",
            alwaysShow: true,
            render: ({ eventType: type }) => describeEvent(type),
          },
          { key: "resourceId", header: "About", priority: 6, render: about },
          { key: "actor", header: "Who", priority: 4, render: ({ actor: who }) => who ?? "The system" },
          {
            key: "status",
            header: "Outcome",
            width: 110,
            alwaysShow: true,
            render: ({ status }) => (
              <Badge tone={STATES[status]?.tone ?? "default"}>{STATES[status]?.label ?? status}</Badge>
            ),
          },
        ]}
      />
    </TenantPage>
  );
}

import type { Delivery } from "@alga-ext/registry";
import { Badge, CustomSelect, type BadgeProps } from "@alga-ext/ui-kit";
import { useCallback, useState, type ReactElement } from "react";
import { listDeliveries } from "../../api/events.ts";
import { formatTime } from "../parts/format.ts";
import { PagedTable } from "../parts/PagedTable.tsx";
import { Section } from "../parts/Section.tsx";
import { Time } from "../parts/Time.tsx";
import { usePaged } from "../parts/usePaged.ts";
import { DeliveryDetail } from "./DeliveryDetail.tsx";

const STATES = {
  pending: { tone: "info", label: "On its way" },
  delivered: { tone: "success", label: "Delivered" },
  dead: { tone: "danger", label: "Given up" },
  cancelled: { tone: "default", label: "Cancelled" },
  discarded: { tone: "default", label: "Discarded" },
} as const satisfies Record<Delivery["state"], { tone: BadgeProps["tone"]; label: string }>;

const FILTERS = [
  { value: "", label: "All" },
  ...Object.entries(STATES).map(([value, { label }]) => ({ value, label })),
];

/** Calls that a subscription or a schedule owed and owes. */
export function Deliveries({
  sourceId,
  title = "Deliveries",
  hint,
}: {
  readonly sourceId: string;
  /** @default "Deliveries" */
  readonly title?: string;
  readonly hint: string;
}): ReactElement {
  const [state, setState] = useState("");
  const list = usePaged(
    useCallback((cursor: string | null) => listDeliveries({ sourceId, state }, cursor), [sourceId, state]),
  );
  return (
    <Section
      title={title}
      hint={hint}
      isFramed={false}
      actions={
        <CustomSelect
          aria-label="State of deliveries"
          value={state}
          options={FILTERS}
          onValueChange={setState}
        />
      }
    >
      <PagedTable
        aria-label={title}
        list={list}
        rowKey={({ deliveryId }) => deliveryId}
        rowLabel={({ createdAt, deliveryId }) =>
          `delivery of ${formatTime(createdAt)}, ${deliveryId.slice(0, 8)}`
        }
        emptyMessage={state === "" ? "Nothing yet." : "No delivery is in this state."}
        renderDetail={(delivery) => <DeliveryDetail delivery={delivery} />}
        responsiveColumns
        columns={[
          {
            key: "createdAt",
            header: "Owed since",
            width: 180,
            alwaysShow: true,
            render: ({ createdAt }) => <Time at={createdAt} as="time" />,
          },
          {
            key: "state",
            header: "State",
            width: 130,
            alwaysShow: true,
            render: ({ state: now }) => <Badge tone={STATES[now].tone}>{STATES[now].label}</Badge>,
          },
          { key: "attempts", header: "Attempts", width: 100, align: "end", priority: 4 },
          {
            key: "lastError",
            header: "Last error",
            priority: 5,
            render: ({ lastError, reason }) => lastError ?? reason ?? "–",
          },
        ]}
      />
    </Section>
  );
}

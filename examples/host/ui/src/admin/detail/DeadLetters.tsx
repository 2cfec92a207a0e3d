import type { DeadLetter } from "@alga-ext/registry";
import { Alert, Button, ConfirmDialog, DropdownMenu } from "@alga-ext/ui-kit";
import { useCallback, useState, type ReactElement } from "react";
import { listDeadLetters, settleDeadLetters } from "../../api/events.ts";
import { Icon } from "../../Icon.tsx";
import { formatTime, plural } from "../parts/format.ts";
import { PagedTable } from "../parts/PagedTable.tsx";
import { Section } from "../parts/Section.tsx";
import { Time } from "../parts/Time.tsx";
import { usePaged } from "../parts/usePaged.ts";
import { useAction } from "../useAction.ts";
import { DeliveryDetail } from "./DeliveryDetail.tsx";
import { useManaged } from "./managed.ts";

type Selection = { readonly deliveryIds: readonly string[] } | { readonly sourceId: string };

/** What was given up: it waits here until somebody replays or discards it. */
export function DeadLetters({
  sourceId,
  onChanged,
}: {
  readonly sourceId: string;
  readonly onChanged: () => Promise<void>;
}): ReactElement {
  const { done } = useManaged();
  const list = usePaged(
    useCallback((cursor: string | null) => listDeadLetters(sourceId, cursor), [sourceId]),
  );
  const [discarding, setDiscarding] = useState<Selection | null>(null);
  const action = useAction();
  const settle = (verb: "replay" | "discard", selection: Selection): void => {
    void action.run(async () => {
      const count = await settleDeadLetters(verb, selection);
      setDiscarding(null);
      await onChanged();
      await done(
        `${plural(count, "dead letter")} ${count === 1 ? "was" : "were"} ${verb === "replay" ? "sent again" : "discarded"}.`,
      );
    });
  };
  return (
    <Section
      title="Dead letters"
      hint="Deliveries that were given up. Mend what is wrong, then send them again; nothing is lost until you discard it."
      isFramed={false}
      actions={
        <>
          <Button variant="outline" loading={action.isBusy} onClick={() => settle("replay", { sourceId })}>
            Send all again
          </Button>
          <Button variant="outline" onClick={() => setDiscarding({ sourceId })}>
            Discard all
          </Button>
        </>
      }
    >
      {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
      <PagedTable<DeadLetter>
        aria-label="Dead letters"
        list={list}
        rowKey={({ deliveryId }) => deliveryId}
        rowLabel={({ createdAt, deliveryId }) =>
          `dead letter of ${formatTime(createdAt)}, ${deliveryId.slice(0, 8)}`
        }
        renderDetail={(letter) => <DeliveryDetail delivery={letter} />}
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
            key: "lastError",
            header: "Last error",
            priority: 6,
            render: ({ lastError, reason }) => lastError ?? reason ?? "–",
          },
          {
            key: "actions",
            header: <span className="alga-visually-hidden">Actions</span>,
            width: 70,
            align: "end",
            alwaysShow: true,
            render: ({ deliveryId }) => (
              <DropdownMenu
                align="right"
                trigger={
                  <Button
                    variant="ghost"
                    size="icon"
                    aria-label={`Actions for dead letter ${deliveryId.slice(0, 8)}`}
                  >
                    <Icon name="more" />
                  </Button>
                }
                items={[
                  {
                    key: "replay",
                    label: "Send again",
                    onClick: () => settle("replay", { deliveryIds: [deliveryId] }),
                  },
                  {
                    key: "discard",
                    label: "Discard",
                    danger: true,
                    divider: true,
                    onClick: () => setDiscarding({ deliveryIds: [deliveryId] }),
                  },
                ]}
              />
            ),
          },
        ]}
      />
      {discarding !== null && (
        <ConfirmDialog
          isOpen
          variant="danger"
          title="Discard for good?"
          message="The extension never hears of it. This cannot be undone."
          confirmLabel="Discard"
          loading={action.isBusy}
          onCancel={() => setDiscarding(null)}
          onConfirm={() => settle("discard", discarding)}
        >
          {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        </ConfirmDialog>
      )}
    </Section>
  );
}

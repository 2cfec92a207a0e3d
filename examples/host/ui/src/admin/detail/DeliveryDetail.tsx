import type { DeadLetter, Delivery } from "@alga-ext/registry";
import type { ReactElement } from "react";
import { Facts, type Fact } from "../parts/Facts.tsx";
import { Time } from "../parts/Time.tsx";

/** All that is known of one delivery; of one that was given up also what it carries. */
export function DeliveryDetail({ delivery }: { readonly delivery: Delivery | DeadLetter }): ReactElement {
  return (
    <div className="acme-call">
      <Facts facts={factsOf(delivery)} />
      {"payload" in delivery && (
        <pre className="acme-loglines" aria-label="Payload">
          {JSON.stringify(delivery.payload, null, 2)}
        </pre>
      )}
    </div>
  );
}

function factsOf(delivery: Delivery): readonly Fact[] {
  const { topic, key, eventId, scheduledFor, finishedAt, lastError, reason } = delivery;
  const fact = (label: string, value: string | null): readonly Fact[] =>
    value === null ? [] : [{ label, value: <code>{value}</code> }];
  return [
    ...(topic === null ? [] : [{ label: "Topic", value: topic }]),
    ...fact("In order of", key),
    ...fact("Event id", eventId),
    ...(scheduledFor === null ? [] : [{ label: "Tick", value: <Time at={scheduledFor} /> }]),
    ...fact("Delivery id", delivery.deliveryId),
    { label: "Attempts", value: delivery.attempts },
    ...(finishedAt === null ? [] : [{ label: "Ended", value: <Time at={finishedAt} as="time" /> }]),
    ...fact("Ended because", reason),
    ...fact("Last error", lastError),
  ];
}

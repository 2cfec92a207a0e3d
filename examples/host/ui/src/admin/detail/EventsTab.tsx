import { Badge, Button, Card, CustomSelect } from "@alga-ext/ui-kit";
import type { Subscription } from "@alga-ext/registry";
import { useCallback, useState, type ReactElement } from "react";
import { listSubscriptions, setPaused } from "../../api/events.ts";
import { useLoaded } from "../../useLoaded.ts";
import { plural } from "../parts/format.ts";
import { Section } from "../parts/Section.tsx";
import { Failed, Shown } from "../parts/Shown.tsx";
import { Time } from "../parts/Time.tsx";
import { useAction } from "../useAction.ts";
import { DeadLetters } from "./DeadLetters.tsx";
import { Deliveries } from "./Deliveries.tsx";
import { useManagedInstall } from "./managed.ts";

/** What an extension hears of, what was delivered, and what could not be. */
export function EventsTab(): ReactElement {
  const { registryId, name, install } = useManagedInstall();
  const loaded = useLoaded(useCallback(() => listSubscriptions(registryId), [registryId]));
  const [wanted, setWanted] = useState<string | null>(null);
  // Lists of a source are read again when something was done to it.
  const [revision, setRevision] = useState(0);
  const reload = async (): Promise<void> => {
    await loaded.reload();
    setRevision((now) => now + 1);
  };
  return (
    <Shown loaded={loaded}>
      {(subscriptions) => {
        const chosen =
          subscriptions.find(({ subscriptionId }) => subscriptionId === wanted) ?? subscriptions[0];
        if (chosen === undefined) {
          return (
            <Card className="acme-empty">
              Version {install.version} of {name} subscribes to no events.
            </Card>
          );
        }
        return (
          <div className="acme-stack">
            <Section
              title="Subscriptions"
              hint="What happens in Acme PSA and this extension hears of. Events of a paused one wait and are delivered later."
              actions={
                <Button variant="outline" loading={loaded.isLoading} onClick={() => void reload()}>
                  Refresh
                </Button>
              }
            >
              <ul className="acme-rows">
                {subscriptions.map((one) => (
                  <SubscriptionRow key={one.subscriptionId} subscription={one} onChanged={reload} />
                ))}
              </ul>
            </Section>
            {subscriptions.length > 1 && (
              <div className="acme-search">
                <CustomSelect
                  label="Show deliveries of"
                  value={chosen.subscriptionId}
                  options={subscriptions.map(({ subscriptionId, topic }) => ({
                    value: subscriptionId,
                    label: topic,
                  }))}
                  onValueChange={setWanted}
                />
              </div>
            )}
            {chosen.dead > 0 && (
              <DeadLetters
                key={`dead ${chosen.subscriptionId} ${revision}`}
                sourceId={chosen.subscriptionId}
                onChanged={reload}
              />
            )}
            <Deliveries
              key={`${chosen.subscriptionId} ${revision}`}
              sourceId={chosen.subscriptionId}
              hint={`Calls because of ${chosen.topic}, newest first.`}
            />
          </div>
        );
      }}
    </Shown>
  );
}

function SubscriptionRow({
  subscription,
  onChanged,
}: {
  readonly subscription: Subscription;
  readonly onChanged: () => Promise<void>;
}): ReactElement {
  const { subscriptionId, topic, endpoint, pausedAt, waiting, dead } = subscription;
  const isPaused = pausedAt !== null;
  const action = useAction();
  const toggle = async (): Promise<void> => {
    await action.run(async () => {
      await setPaused(subscriptionId, !isPaused);
      await onChanged();
    });
  };
  return (
    <li className="acme-row">
      <div>
        <p className="acme-inline">
          <strong>{topic}</strong>
          {isPaused ? <Badge tone="warning">Paused</Badge> : <Badge tone="success">Active</Badge>}
          {dead > 0 && <Badge tone="danger">{plural(dead, "dead letter")}</Badge>}
        </p>
        <p className="acme-muted">
          Calls{" "}
          <code>
            {endpoint.method} {endpoint.path}
          </code>
          . {waiting === 0 ? "Nothing is waiting." : `${plural(waiting, "delivery", "deliveries")} waiting.`}
          {pausedAt !== null && (
            <>
              {" "}
              Paused since <Time at={pausedAt} />.
            </>
          )}
        </p>
        {action.error !== null && <Failed message={action.error} onRetry={toggle} />}
      </div>
      <Button
        variant="outline"
        loading={action.isBusy}
        aria-label={`${isPaused ? "Resume" : "Pause"} ${topic}`}
        onClick={() => void toggle()}
      >
        {isPaused ? "Resume" : "Pause"}
      </Button>
    </li>
  );
}

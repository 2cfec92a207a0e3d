import { useApi } from "@alga-ext/sdk/ui/react";
import { Alert, AlertDescription, AlertTitle, Badge, Button, Card, LoadingIndicator } from "@alga-ext/ui-kit";
import { useCallback, type ReactElement } from "react";
import type { Standing } from "./agreement.ts";
import { explainStanding } from "./explain-standing.ts";
import { useLoaded } from "./useLoaded.ts";

const STANDING_LOOK = {
  good: { label: "Good", tone: "success", text: "Pays on time. Nothing to look after." },
  watch: { label: "Watch", tone: "warning", text: "Has paid late. Check before you extend the agreement." },
  blocked: {
    label: "Blocked",
    tone: "danger",
    text: "Has unpaid debts. Talk to finance before you do more work.",
  },
} as const satisfies Record<Standing["standing"], { label: string; tone: string; text: string }>;

/** How the customer pays, as the outside service Ledgerline sees it. */
export function StandingCard(props: {
  readonly agreementId: string;
  readonly customer: string;
}): ReactElement {
  const api = useApi();
  const route = `/agreements/${encodeURIComponent(props.agreementId)}/standing`;
  const load = useCallback((signal: AbortSignal) => api.get<Standing>(route, { signal }), [api, route]);
  const { state, reload } = useLoaded(load);
  return (
    <section aria-labelledby="standing-title">
      <Card className="standing">
        <h2 className="card-title" id="standing-title">
          Account standing
        </h2>
        <div aria-live="polite">
          {state.phase === "loading" && <LoadingIndicator text="Asking Ledgerline…" />}
          {state.phase === "ready" && <StandingFacts standing={state.value} />}
          {state.phase === "failed" && <StandingFailure error={state.error} onRetry={reload} />}
        </div>
        <p className="standing__source">Payment data from Ledgerline for {props.customer}.</p>
      </Card>
    </section>
  );
}

function StandingFacts({ standing }: { readonly standing: Standing }): ReactElement {
  const look = STANDING_LOOK[standing.standing];
  return (
    <>
      <p className="standing__badge">
        <Badge tone={look.tone}>{look.label}</Badge>
        <span>Score {standing.score}</span>
      </p>
      <p className="standing__text">{look.text}</p>
    </>
  );
}

function StandingFailure(props: { readonly error: unknown; readonly onRetry: () => void }): ReactElement {
  const { title, text, canRetry } = explainStanding(props.error);
  return (
    <Alert tone={canRetry ? "danger" : "warning"} role="presentation">
      <AlertTitle>{title}</AlertTitle>
      <AlertDescription>
        <p className="alert-text">{text}</p>
        {canRetry && (
          <Button className="alert-action" variant="outline" size="sm" onClick={props.onRetry}>
            Ask again
          </Button>
        )}
      </AlertDescription>
    </Alert>
  );
}

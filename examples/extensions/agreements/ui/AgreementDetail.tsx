import { useApi } from "@alga-ext/sdk/ui/react";
import { Badge, Button, Card, ConfirmDialog, SkeletonText } from "@alga-ext/ui-kit";
import { useCallback, useState, type ReactElement, type ReactNode } from "react";
import { STATUS_LOOK, type Access, type Agreement } from "./agreement.ts";
import { ErrorPanel } from "./ErrorPanel.tsx";
import { explainError, isAgreementGone } from "./explain-error.ts";
import { daysUntil, endsSoon, formatDate, formatDays, formatMoney } from "./format.ts";
import { NotFound } from "./NotFound.tsx";
import { Notice } from "./Notice.tsx";
import { agreementPath } from "./page.ts";
import { PageHeader } from "./PageHeader.tsx";
import type { PageProps } from "./page-props.ts";
import { StandingCard } from "./StandingCard.tsx";
import { useLoaded } from "./useLoaded.ts";

/** One agreement with all it says, and how its customer pays. */
export function AgreementDetail(props: PageProps & { readonly id: string }): ReactElement {
  const { id, go } = props;
  const api = useApi();
  const route = `/agreements/${encodeURIComponent(id)}`;
  const load = useCallback(
    (signal: AbortSignal) => api.get<Agreement & Access>(route, { signal }),
    [api, route],
  );
  const { state, reload } = useLoaded(load);

  if (state.phase === "ready") return <Loaded {...props} agreement={state.value} />;
  if (state.phase === "failed" && isAgreementGone(state.error)) return <NotFound {...props} />;
  return (
    <>
      <PageHeader
        title="Agreement"
        trail={[{ label: "Agreements", onClick: () => go("/") }]}
        takeFocus={false}
      />
      {state.phase === "failed" ? (
        <ErrorPanel error={state.error} onRetry={reload} />
      ) : (
        <Card aria-busy="true">
          <output className="alga-visually-hidden">Loading the agreement</output>
          <SkeletonText lines={6} />
        </Card>
      )}
    </>
  );
}

function Loaded({
  agreement,
  go,
  takeFocus,
  notice,
}: PageProps & { readonly agreement: Agreement & Access }): ReactElement {
  const api = useApi();
  const [isAsking, setAsking] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [now] = useState(() => Date.now());
  const look = STATUS_LOOK[agreement.status];
  const mayChange = agreement.readOnly !== true;

  const remove = async (): Promise<void> => {
    setDeleting(true);
    setFailure(null);
    try {
      await api.delete(`/agreements/${encodeURIComponent(agreement.id)}`);
      go("/", { notice: `“${agreement.title}” was deleted.`, replace: true });
    } catch (error) {
      setFailure(error);
      setDeleting(false);
    }
  };

  return (
    <>
      <PageHeader
        title={agreement.title}
        trail={[{ label: "Agreements", onClick: () => go("/") }]}
        badge={<Badge tone={look.tone}>{look.label}</Badge>}
        subtitle={agreement.customer}
        takeFocus={takeFocus}
        actions={
          mayChange ? (
            <>
              <Button variant="outline" onClick={() => setAsking(true)}>
                Delete
              </Button>
              <Button onClick={() => go(agreementPath(agreement.id, "edit"))}>Edit</Button>
            </>
          ) : undefined
        }
      />
      <Notice text={notice} />
      <div className="detail">
        <Card className="detail__facts">
          <h2 className="card-title">Terms</h2>
          <dl className="facts">
            <Fact name="Customer">{agreement.customer}</Fact>
            <Fact name="Value">{formatMoney(agreement.value, agreement.currency)}</Fact>
            <Fact name="First day">{formatDate(agreement.startDate)}</Fact>
            <Fact name="Last day">
              {formatDate(agreement.endDate)}
              {endsSoon(agreement, now) && (
                <Badge tone="warning">Ends {formatDays(daysUntil(agreement.endDate, now))}</Badge>
              )}
            </Fact>
            <Fact name="Created">{formatDate(agreement.createdAt, "short")}</Fact>
            <Fact name="Last changed">{formatDate(agreement.updatedAt, "short")}</Fact>
          </dl>
          {mayChange && <Notes text={agreement.notes} />}
        </Card>
        {mayChange && <StandingCard agreementId={agreement.id} customer={agreement.customer} />}
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        title="Delete this agreement?"
        message={`“${agreement.title}” with ${agreement.customer} will be gone for everyone. This cannot be undone.`}
        confirmLabel="Delete agreement"
        cancelLabel="Keep it"
        variant="danger"
        loading={isDeleting}
        onConfirm={() => void remove()}
        onCancel={() => {
          setAsking(false);
          setFailure(null);
        }}
      >
        {failure === null ? undefined : (
          <p className="dialog-error" role="alert">
            Not deleted. {explainError(failure).text}
          </p>
        )}
      </ConfirmDialog>
    </>
  );
}

function Notes({ text }: { readonly text: string }): ReactElement {
  return (
    <>
      <h2 className="card-title card-title--next">Notes</h2>
      {text === "" ? <p className="notes notes--empty">No notes.</p> : <p className="notes">{text}</p>}
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

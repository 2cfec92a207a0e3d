import { useApi } from "@alga-ext/sdk/ui/react";
import { Card, ConfirmDialog, LoadingIndicator } from "@alga-ext/ui-kit";
import { useCallback, useState, type ReactElement } from "react";
import type { Agreement, AgreementInput } from "./agreement.ts";
import { AgreementForm } from "./AgreementForm.tsx";
import { ErrorPanel } from "./ErrorPanel.tsx";
import { agreementPath } from "./page.ts";
import { PageHeader } from "./PageHeader.tsx";
import type { PageProps } from "./page-props.ts";
import { useLoaded } from "./useLoaded.ts";

/** The page to write a new agreement (`id` is null) or change one. */
export function AgreementEditor({
  id,
  go,
  takeFocus,
}: PageProps & { readonly id: string | null }): ReactElement {
  const api = useApi();
  const load = useCallback(
    async (signal: AbortSignal) =>
      id === null ? null : api.get<Agreement>(`/agreements/${encodeURIComponent(id)}`, { signal }),
    [api, id],
  );
  const { state, reload } = useLoaded(load);
  const agreement = state.phase === "ready" ? state.value : null;
  const back = id === null ? "/" : agreementPath(id);

  const [isDirty, setDirty] = useState(false);
  const [leavingTo, setLeavingTo] = useState<string | null>(null);
  const leave = (to: string): void => (isDirty ? setLeavingTo(to) : go(to));

  const save = async (draft: AgreementInput, seen: Agreement | null): Promise<void> => {
    if (id === null) {
      const created = await api.post<Agreement>("/agreements", draft);
      go(agreementPath(created.id), { notice: "Agreement created.", replace: true });
    } else {
      const body = { ...draft, ...(seen === null ? {} : { ifUpdatedAt: seen.updatedAt }) };
      await api.put<Agreement>(`/agreements/${encodeURIComponent(id)}`, body);
      go(back, { notice: "Changes saved.", replace: true });
    }
  };

  return (
    <>
      <PageHeader
        title={id === null ? "New agreement" : "Edit agreement"}
        trail={[
          { label: "Agreements", onClick: () => leave("/") },
          ...(agreement === null ? [] : [{ label: agreement.title, onClick: () => leave(back) }]),
        ]}
        takeFocus={takeFocus}
      />
      {state.phase === "loading" && <LoadingIndicator text="Loading the agreement…" />}
      {state.phase === "failed" && <ErrorPanel error={state.error} onRetry={reload} />}
      {state.phase === "ready" && (
        <Card className="form-card">
          <AgreementForm
            initial={agreement}
            submitLabel={id === null ? "Create agreement" : "Save changes"}
            onSubmit={save}
            onDirtyChange={setDirty}
            onCancel={() => leave(back)}
          />
        </Card>
      )}
      <ConfirmDialog
        isOpen={leavingTo !== null}
        title="Leave without saving?"
        message="What you typed is not saved, and leaving this page drops it."
        confirmLabel="Leave without saving"
        cancelLabel="Keep editing"
        variant="danger"
        onConfirm={() => go(leavingTo ?? back)}
        onCancel={() => setLeavingTo(null)}
      />
    </>
  );
}

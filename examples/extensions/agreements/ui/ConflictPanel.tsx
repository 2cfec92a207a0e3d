import { Alert, AlertDescription, AlertTitle, Button } from "@alga-ext/ui-kit";
import { useEffect, useRef, type ReactElement } from "react";
import type { Agreement, AgreementInput } from "./agreement.ts";
import { theirChanges } from "./conflict.ts";
import { formatDate } from "./format.ts";

/** Somebody else saved first: what they changed, and the choice between their version and what was typed here. */
export function ConflictPanel(props: {
  readonly opened: AgreementInput;
  readonly theirs: Agreement;
  readonly isSaving: boolean;
  readonly onOverwrite: () => void;
  readonly onReload: () => void;
}): ReactElement {
  const { opened, theirs, isSaving } = props;
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.focus(), [theirs]);
  const changes = theirChanges(opened, theirs);
  return (
    <div ref={panel} tabIndex={-1} className="conflict">
      <Alert tone="warning">
        <AlertTitle>Not saved: somebody else saved first</AlertTitle>
        <AlertDescription>
          <p className="alert-text">
            This agreement was changed on {formatDate(theirs.updatedAt, "short")}, after you opened it. What
            you typed is still here.
          </p>
          {changes.length > 0 && (
            <>
              <p className="alert-text">It now says:</p>
              <dl className="conflict__changes">
                {changes.map(({ name, value }) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            </>
          )}
          <div className="conflict__actions">
            <Button variant="outline" size="sm" disabled={isSaving} onClick={props.onReload}>
              Drop mine, load theirs
            </Button>
            <Button variant="outline" size="sm" disabled={isSaving} onClick={props.onOverwrite}>
              Save mine over theirs
            </Button>
          </div>
        </AlertDescription>
      </Alert>
    </div>
  );
}

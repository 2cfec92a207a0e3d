import { Alert, AlertDescription, AlertTitle, Button } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { explainError } from "./explain-error.ts";

/** An error where the content would be, with a way out. */
export function ErrorPanel(props: { readonly error: unknown; readonly onRetry: () => void }): ReactElement {
  const { title, text, canRetry, requestId } = explainError(props.error);
  return (
    <Alert tone="danger">
      <AlertTitle>{title}</AlertTitle>
      <AlertDescription>
        <p className="alert-text">{text}</p>
        {requestId !== null && <p className="alert-text alert-text--small">Request {requestId}</p>}
        {canRetry && (
          <Button className="alert-action" variant="outline" size="sm" onClick={props.onRetry}>
            Try again
          </Button>
        )}
      </AlertDescription>
    </Alert>
  );
}

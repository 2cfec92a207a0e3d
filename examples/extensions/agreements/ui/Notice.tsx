import { Alert } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";

/** Says what was just done. The live region is there before its text, so that it is spoken. */
export function Notice({ text }: { readonly text: string | null }): ReactElement {
  return (
    <output className="notice">
      {text !== null && (
        <Alert tone="success" role="presentation">
          {text}
        </Alert>
      )}
    </output>
  );
}

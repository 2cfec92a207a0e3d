import { Button, Card } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { EmptyState } from "./EmptyState.tsx";
import { PageHeader } from "./PageHeader.tsx";
import type { PageProps } from "./page-props.ts";

/** Shown for an address that leads nowhere, or to an agreement that is gone. */
export function NotFound({ go, takeFocus }: PageProps): ReactElement {
  return (
    <>
      <PageHeader
        title="Not found"
        trail={[{ label: "Agreements", onClick: () => go("/") }]}
        takeFocus={takeFocus}
      />
      <Card>
        <EmptyState
          title="There is nothing here"
          text="The agreement may have been deleted, or the address is not complete."
          action={<Button onClick={() => go("/")}>All agreements</Button>}
        />
      </Card>
    </>
  );
}

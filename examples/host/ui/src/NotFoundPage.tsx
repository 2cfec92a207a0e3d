import type { ReactElement } from "react";
import { MessagePage } from "./MessagePage.tsx";
import { navigate } from "./router.ts";

/** For an address that leads nowhere. */
export function NotFoundPage({ pathname }: { readonly pathname: string }): ReactElement {
  return (
    <MessagePage title="Page not found" actionLabel="Go to the dashboard" onAction={() => navigate("/")}>
      There is nothing at <code>{pathname}</code>. It may have moved, or the address has a typing error.
    </MessagePage>
  );
}

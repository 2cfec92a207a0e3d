import { Skeleton } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import type { PortalExtension } from "../api/portal.ts";
import { FramedExtension } from "../extension/FramedExtension.tsx";
import { MessagePage } from "../MessagePage.tsx";
import { navigate } from "../router.ts";

/** One extension in the portal; every other address of the app is nothing here. */
export function PortalExtensionPage(props: {
  /** Undefined when the address names none that is open to clients. */
  readonly extension: PortalExtension | undefined;
  readonly isLoading: boolean;
  /** The extension's own path, with its query. */
  readonly clientPath: string;
}): ReactElement {
  const { extension, isLoading, clientPath } = props;
  if (extension !== undefined)
    return <FramedExtension install={extension} name={extension.label} clientPath={clientPath} />;
  if (isLoading) {
    return (
      <div className="acme-page" aria-busy="true">
        <Skeleton width={220} height={28} />
        <Skeleton lines={4} />
      </div>
    );
  }
  return (
    <MessagePage
      title="Not part of your portal"
      actionLabel="Go to the overview"
      onAction={() => navigate("/")}
    >
      There is nothing at this address that is shared with you.
    </MessagePage>
  );
}

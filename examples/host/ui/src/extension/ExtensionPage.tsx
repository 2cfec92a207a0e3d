import { Skeleton } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { MessagePage } from "../MessagePage.tsx";
import { navigate } from "../router.ts";
import { useApp } from "../session.ts";
import { useTitle } from "../useTitle.ts";
import { FramedExtension } from "./FramedExtension.tsx";

/** Props of {@link ExtensionPage}. */
export interface ExtensionPageProps {
  readonly registryId: string;
  /** The extension's own path, with its query. */
  readonly clientPath: string;
}

/** A full-height page for one installed extension. */
export function ExtensionPage({ registryId, clientPath }: ExtensionPageProps): ReactElement {
  const { session, installs } = useApp();
  const install = installs?.find((one) => one.registryId === registryId);
  const name = install?.menuLabel ?? install?.displayName ?? "Extension";
  useTitle(name);

  if (installs === null) {
    return (
      <div className="acme-page" aria-busy="true">
        <Skeleton width={220} height={28} />
        <Skeleton lines={4} />
      </div>
    );
  }
  if (install === undefined || !install.enabled || !install.hasUi) {
    return (
      <MessagePage
        title="This extension is not available"
        actionLabel="Go to the dashboard"
        onAction={() => navigate("/")}
      >
        {install === undefined
          ? `It is not installed for ${session.user.tenantName}.`
          : install.enabled
            ? `${install.displayName} has no page of its own.`
            : `${install.displayName} is switched off. An administrator can enable it.`}
      </MessagePage>
    );
  }
  return <FramedExtension install={install} name={name} clientPath={clientPath} />;
}

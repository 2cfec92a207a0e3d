import type { ReactElement } from "react";
import { useApp } from "../../session.ts";
import { ChainCard } from "./ChainCard.tsx";
import { TenantPage } from "./TenantPage.tsx";

/** The hash chains that say what was published and decided, and whether they still hold. */
export function ReleaseLogPage(): ReactElement {
  const { tenantId, tenantName } = useApp().session.user;
  return (
    <TenantPage
      title="Release log"
      hint="Every publish and every decision is one link of a chain: who changes one afterwards breaks all that follow. Check it whenever you like."
    >
      <ChainCard
        chain="tenant"
        memory={`acme:chain:${tenantId}`}
        title={`Decisions of ${tenantName}`}
        hint="Installs, versions, permissions, settings and secrets by name."
      />
      <ChainCard
        chain="registry"
        memory="acme:chain:"
        title="What is published"
        hint="Publishes, channels and withdrawals, the same for everybody."
      />
    </TenantPage>
  );
}

import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactElement } from "react";
import { buildExtUiSrc, isClientPath } from "@alga-ext/iframe-bridge";
import type { InstallDetails } from "@alga-ext/protocol";
import { currentPerson } from "../../../../../lib/current-person.ts";
import { host } from "../../../../../lib/host.ts";
import { ExtensionFrame } from "./ExtensionFrame.tsx";

type Props = PageProps<"/extensions/[id]/[[...path]]">;

/** The tenant's install of the extension in the address; another tenant's is as unknown as none. */
async function findShown(props: Props): Promise<{ install: InstallDetails; tenantId: string }> {
  const { id } = await props.params;
  const { tenantId } = await currentPerson();
  const { registry } = await host();
  const install = (await registry.installs(tenantId)).find(({ registryId }) => registryId === id);
  if (install === undefined || !install.enabled || !install.hasUi) notFound();
  return { install, tenantId };
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: (await findShown(props)).install.displayName };
}

/** One installed extension, over the whole page. */
export default async function ExtensionPage(props: Props): Promise<ReactElement> {
  const { install, tenantId } = await findShown(props);
  const { path = [] } = await props.params;
  const asked = `/${path.join("/")}`;
  const initialPath = isClientPath(asked) ? asked : "/";
  const publicBase = process.env["RUNNER_PUBLIC_BASE"] ?? "";
  return (
    <main>
      <ExtensionFrame
        key={install.contentHash}
        extensionId={install.registryId}
        name={install.displayName}
        initialPath={initialPath}
        src={buildExtUiSrc(install.registryId, install.contentHash, initialPath, { publicBase, tenantId })}
      />
    </main>
  );
}

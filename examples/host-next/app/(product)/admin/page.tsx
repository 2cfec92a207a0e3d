import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactElement } from "react";
import type { CatalogVersion, ConsentItem, Grants } from "@alga-ext/protocol";
import { currentPerson } from "../../../lib/current-person.ts";
import { host } from "../../../lib/host.ts";
import { isAdministrator } from "../../../lib/people.ts";
import { ExtensionActions } from "./ExtensionActions.tsx";

/** All that a version asks for; what every extension has is not asked for. */
function toGrants({ consent }: CatalogVersion): Grants {
  const names = (kind: ConsentItem["kind"]): string[] =>
    consent.filter((item) => item.kind === kind && !item.byDefault).map(({ name }) => name);
  return { capabilities: names("capability"), egress: names("egress") };
}

export const metadata: Metadata = { title: "Manage extensions" };

/** What can be installed, what is, and what each may do. */
export default async function AdminPage(): Promise<ReactElement> {
  const person = await currentPerson();
  if (!isAdministrator(person)) notFound();
  const { registry } = await host();
  const catalog = await registry.catalog(person.tenantId);
  return (
    <main className="page">
      <h1>Extensions</h1>
      {catalog.length === 0 && <p>Nothing is published yet.</p>}
      <ul className="cards">
        {catalog.map(({ registryId, displayName, publisher, description, versions, install }) => {
          const version = versions.find(({ status }) => status === undefined || status === "published");
          const asked = versions.find((one) => one.version === install?.version) ?? version;
          const state = install === null ? "Not installed" : install.enabled ? "Installed" : "Switched off";
          return (
            <li key={registryId}>
              <h2>{displayName}</h2>
              <p>{description}</p>
              <p className="facts">
                {publisher} · {install?.version ?? version?.version ?? "no version"} · <b>{state}</b>
              </p>
              <h3>It may</h3>
              <ul>
                {asked?.consent.map(({ name, sentence }) => (
                  <li key={name}>{sentence}</li>
                ))}
              </ul>
              <ExtensionActions
                registryId={registryId}
                name={displayName}
                offer={version === undefined ? null : { version: version.version, grants: toGrants(version) }}
                isInstalled={install !== null}
                isEnabled={install?.enabled ?? false}
              />
            </li>
          );
        })}
      </ul>
    </main>
  );
}

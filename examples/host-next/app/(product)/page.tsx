import Link from "next/link";
import type { ReactElement } from "react";
import { currentPerson } from "../../lib/current-person.ts";
import { host } from "../../lib/host.ts";
import { isAdministrator } from "../../lib/people.ts";

/** What this person has to work with. */
export default async function HomePage(): Promise<ReactElement> {
  const person = await currentPerson();
  const { registry } = await host();
  const shown = (await registry.installs(person.tenantId)).filter(({ enabled, hasUi }) => enabled && hasUi);
  return (
    <main className="page">
      <h1>Welcome, {person.name}</h1>
      {shown.length === 0 && <p>Nothing is installed for {person.tenantId}.</p>}
      {shown.length === 0 && isAdministrator(person) && <Link href="/admin">Manage extensions</Link>}
      <ul className="cards">
        {shown.map(({ registryId, displayName, version }) => (
          <li key={registryId}>
            <h2>
              <Link href={`/extensions/${registryId}`}>{displayName}</Link>
            </h2>
            <p>Version {version}</p>
          </li>
        ))}
      </ul>
    </main>
  );
}

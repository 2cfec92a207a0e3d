import type { ReactElement, ReactNode } from "react";
import { currentPerson } from "../../lib/current-person.ts";
import { host } from "../../lib/host.ts";
import { isAdministrator } from "../../lib/people.ts";
import { Menu } from "./Menu.tsx";

/** The product around its pages: what is installed is in the menu. */
export default async function ProductLayout({
  children,
}: {
  readonly children: ReactNode;
}): Promise<ReactElement> {
  const person = await currentPerson();
  const { registry } = await host();
  const installs = await registry.installs(person.tenantId);
  const items = installs
    .filter((install) => install.enabled && install.hasUi)
    .map(({ registryId, menuLabel, displayName }) => ({
      href: `/extensions/${registryId}`,
      label: menuLabel ?? displayName,
    }));
  if (isAdministrator(person)) items.push({ href: "/admin", label: "Manage extensions" });
  return (
    <>
      <header>
        <strong>Acme PSA</strong>
        <Menu items={[{ href: "/", label: "Home" }, ...items]} />
        <form method="post" action="/session">
          <span>
            {person.name}, {person.tenantId}
          </span>
          <button type="submit" name="logout">
            Sign out
          </button>
        </form>
      </header>
      {children}
    </>
  );
}

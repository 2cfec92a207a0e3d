import { Skeleton } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import type { PortalExtension } from "../api/portal.ts";
import { extensionHref } from "../router.ts";
import { useApp } from "../session.ts";
import { Entry, isWithin } from "../shell/Entry.tsx";

/** The links of the portal: its first page, and every extension that is open to clients. */
export function PortalNavigation(props: {
  readonly pathname: string;
  /** Null until they are known. */
  readonly extensions: readonly PortalExtension[] | null;
}): ReactElement {
  const { pathname, extensions } = props;
  const { clientName } = useApp().session.user;
  return (
    <nav className="acme-nav" aria-label="Main">
      <p className="acme-nav__client">{clientName}</p>
      <ul>
        <Entry href="/" icon="dashboard" isCurrent={pathname === "/"}>
          Overview
        </Entry>
        {extensions === null && (
          <li className="acme-nav__placeholder">
            <Skeleton />
          </li>
        )}
        {extensions?.map(({ registryId, label }) => {
          const href = extensionHref(registryId);
          return (
            <Entry key={registryId} href={href} icon="extension" isCurrent={isWithin(pathname, href)}>
              {label}
            </Entry>
          );
        })}
      </ul>
    </nav>
  );
}

import { Skeleton } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import type { IconName } from "../Icon.tsx";
import { extensionHref } from "../router.ts";
import { useApp } from "../session.ts";
import { Entry, isWithin } from "./Entry.tsx";

const ADMIN_PAGES = [
  { href: "/admin/extensions", icon: "settings", label: "Manage extensions" },
  { href: "/admin/audit", icon: "list", label: "Audit log" },
  { href: "/admin/api-keys", icon: "key", label: "API keys" },
  { href: "/admin/release-log", icon: "chain", label: "Release log" },
] as const satisfies readonly { href: string; icon: IconName; label: string }[];

/** The links of the app: fixed pages, then every installed extension that asks for a menu entry. */
export function Navigation({ pathname }: { readonly pathname: string }): ReactElement {
  const { session, installs } = useApp();
  const entries = installs?.filter(({ enabled, menuLabel }) => enabled && menuLabel !== null);
  return (
    <nav className="acme-nav" aria-label="Main">
      <ul>
        <Entry href="/" icon="dashboard" isCurrent={pathname === "/"}>
          Dashboard
        </Entry>
      </ul>
      {(entries === undefined || entries.length > 0) && (
        <>
          <h2 className="acme-nav__heading" id="nav-extensions">
            Extensions
          </h2>
          <ul aria-labelledby="nav-extensions">
            {entries === undefined && (
              <li className="acme-nav__placeholder">
                <Skeleton />
              </li>
            )}
            {entries?.map(({ registryId, menuLabel }) => {
              const href = extensionHref(registryId);
              return (
                <Entry key={registryId} href={href} icon="extension" isCurrent={isWithin(pathname, href)}>
                  {menuLabel}
                </Entry>
              );
            })}
          </ul>
        </>
      )}
      {session.user.role === "admin" && (
        <>
          <h2 className="acme-nav__heading" id="nav-admin">
            Administration
          </h2>
          <ul aria-labelledby="nav-admin">
            {ADMIN_PAGES.map(({ href, icon, label }) => (
              <Entry key={href} href={href} icon={icon} isCurrent={isWithin(pathname, href)}>
                {label}
              </Entry>
            ))}
          </ul>
        </>
      )}
    </nav>
  );
}

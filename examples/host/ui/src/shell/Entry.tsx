import type { ReactElement, ReactNode } from "react";
import { Icon, type IconName } from "../Icon.tsx";
import { Link } from "../Link.tsx";

/** Props of {@link Entry}. */
export interface EntryProps {
  readonly href: string;
  readonly icon: IconName;
  readonly isCurrent: boolean;
  readonly children: ReactNode;
}

/** A link of the navigation. */
export function Entry({ href, icon, isCurrent, children }: EntryProps): ReactElement {
  return (
    <li>
      <Link className="acme-nav__link" href={href} aria-current={isCurrent ? "page" : undefined}>
        <Icon name={icon} />
        <span>{children}</span>
      </Link>
    </li>
  );
}

/** Whether an address is below a link, or is it. */
export function isWithin(pathname: string, href: string): boolean {
  return pathname === href || pathname.startsWith(`${href}/`);
}

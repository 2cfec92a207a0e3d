"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactElement } from "react";

/** Where one can go, with a mark on where one is. */
export function Menu({
  items,
}: {
  readonly items: readonly { readonly href: string; readonly label: string }[];
}): ReactElement {
  const here = usePathname();
  return (
    <nav aria-label="Main">
      {items.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          aria-current={here === href || (href !== "/" && here.startsWith(`${href}/`)) ? "page" : undefined}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

import { Button } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { Icon } from "../Icon.tsx";
import { ROLE_NAMES, useApp } from "../session.ts";
import { ThemeToggle } from "./ThemeToggle.tsx";

/** Who is logged in, with theme and sign-out. */
export function Account(): ReactElement {
  const { session, signOut } = useApp();
  const { name, role, tenantName } = session.user;
  return (
    <div className="acme-account">
      <span className="acme-account__avatar" aria-hidden="true">
        {initials(name)}
      </span>
      <span className="acme-account__who">
        <strong>{name}</strong>
        <span>
          {/* Whose the portal is stands above its links. */}
          {role === "client" ? ROLE_NAMES.client : `${ROLE_NAMES[role]} · ${tenantName}`}
        </span>
      </span>
      <span className="acme-account__actions">
        <ThemeToggle />
        <Button variant="ghost" size="sm" onClick={() => void signOut()}>
          <Icon name="signOut" />
          Sign out
        </Button>
      </span>
    </div>
  );
}

function initials(name: string): string {
  const parts = name.split(" ").filter(Boolean);
  return [parts[0], parts.length > 1 ? parts.at(-1) : undefined].map((part) => part?.[0] ?? "").join("");
}

import type { InstallDetails } from "@alga-ext/protocol";
import { createContext, useContext } from "react";
import type { Session, SessionUser } from "./api/account.ts";

/** What people are called. */
export const ROLE_NAMES: Readonly<Record<SessionUser["role"], string>> = {
  admin: "Admin",
  member: "Member",
  client: "Client portal",
};

/** What every page behind the login can use. */
export interface AppState {
  readonly session: Session;
  /** Installed extensions; null until they are known. */
  readonly installs: readonly InstallDetails[] | null;
  /** Read the installs again, after something was changed. */
  readonly refreshInstalls: () => Promise<void>;
  readonly signOut: () => Promise<void>;
}

/** Provided by the app once somebody is logged in. */
export const AppContext = createContext<AppState | null>(null);

/**
 * The state of the logged-in app.
 *
 * @throws {TypeError} outside of the logged-in part of the app.
 */
export function useApp(): AppState {
  const state = useContext(AppContext);
  if (state === null) throw new TypeError("useApp is only for pages behind the login");
  return state;
}

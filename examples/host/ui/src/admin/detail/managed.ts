import type { InstallDetails } from "@alga-ext/protocol";
import { createContext, useContext } from "react";
import type { CatalogRow, ExtensionPageData } from "../../api/catalog.ts";

/** The extension that a page is about. */
export interface Managed {
  readonly registryId: string;
  readonly name: string;
  readonly data: ExtensionPageData;
  /** What its versions ask for; null when the catalogue does not offer it. */
  readonly entry: CatalogRow | null;
  /** Read everything again, here and in the navigation. */
  readonly reload: () => Promise<void>;
  /** Something was changed: read again and say what. */
  readonly done: (message: string) => Promise<void>;
}

/** {@link Managed} where it is installed. */
export interface ManagedInstall extends Managed {
  readonly install: InstallDetails;
}

/** Provided by the page of one extension. */
export const ManagedContext = createContext<Managed | null>(null);

/**
 * The extension that the page is about.
 *
 * @throws {TypeError} on other pages.
 */
export function useManaged(): Managed {
  const managed = useContext(ManagedContext);
  if (managed === null) throw new TypeError("useManaged is only for the page of one extension");
  return managed;
}

/**
 * The install that the tab is about.
 *
 * @throws {TypeError} where nothing is installed.
 */
export function useManagedInstall(): ManagedInstall {
  const managed = useManaged();
  const { install } = managed.data;
  if (install === null) throw new TypeError("useManagedInstall is only for what is installed");
  return { ...managed, install };
}

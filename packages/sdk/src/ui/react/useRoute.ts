import { useSyncExternalStore } from "react";
import { useExtensionContext } from "./useExtensionContext.ts";

/** Where the extension is, and how to move. */
export interface Route {
  /** Starts with the host's deep link; follows the browser's back and forward. */
  readonly path: string;
  /** Move to another path; the host's address follows without a reload. The same function at every render. */
  readonly navigate: (path: string, options?: { readonly replace?: boolean }) => void;
}

/**
 * Subscribe to the extension's path.
 *
 * @throws {TypeError} outside an `ExtensionProvider`.
 */
export function useRoute(): Route {
  const { route } = useExtensionContext();
  const path = useSyncExternalStore(route.subscribe, route.getPath, route.getPath);
  return { path, navigate: route.navigate };
}

import type { FrameBridge } from "@alga-ext/iframe-bridge/frame";

/** The extension's current path as a store that React can subscribe to. */
export interface RouteStore {
  readonly getPath: () => string;
  readonly subscribe: (listener: () => void) => () => void;
  readonly navigate: (path: string, options?: { readonly replace?: boolean }) => void;
}

/** Join the two ways a path changes: the extension navigates, or the host does (browser back and forward). */
export function createRouteStore(bridge: FrameBridge): RouteStore {
  const listeners = new Set<() => void>();
  const notify = (): void => {
    for (const listener of listeners) listener();
  };
  bridge.onNavigate(notify);
  return {
    getPath: () => bridge.path,
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    navigate(path, options) {
      if (path === bridge.path) return;
      bridge.navigate(path, options);
      notify();
    },
  };
}

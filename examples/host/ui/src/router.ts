import { useSyncExternalStore } from "react";

/** Where the page is. */
export interface Place {
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}

const CHANGE = "acme:navigate";

let snapshot: Place = read();

function read(): Place {
  return { pathname: location.pathname, search: location.search, hash: location.hash };
}

function toHref({ pathname, search, hash }: Place): string {
  return pathname + search + hash;
}

function subscribe(onChange: () => void): () => void {
  const update = (): void => {
    const next = read();
    if (toHref(next) !== toHref(snapshot)) snapshot = next;
    onChange();
  };
  addEventListener("popstate", update);
  addEventListener(CHANGE, update);
  return () => {
    removeEventListener("popstate", update);
    removeEventListener(CHANGE, update);
  };
}

/** The current place; renders again when it changes. */
export function usePlace(): Place {
  return useSyncExternalStore(subscribe, () => snapshot);
}

/** Go to a path of this app without loading a page. */
export function navigate(href: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (href !== toHref(read())) {
    if (replace) history.replaceState(null, "", href);
    else history.pushState(null, "", href);
  }
  dispatchEvent(new Event(CHANGE));
}

/** Address of an extension's page, `clientPath` being the extension's own path. */
export function extensionHref(registryId: string, clientPath = "/"): string {
  return `/extensions/${encodeURIComponent(registryId)}${clientPath === "/" ? "" : clientPath}`;
}

/** Address of the page where an administrator manages one extension, on one of its tabs. */
export function adminHref(registryId: string, tab?: string): string {
  return `/admin/extensions/${encodeURIComponent(registryId)}${tab === undefined ? "" : `/${tab}`}`;
}

/** One segment of a path as it was meant; what cannot be decoded stays as it is. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

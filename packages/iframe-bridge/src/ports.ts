/** How the host reaches `/api/ext-proxy`; `globalThis.fetch` in a browser. */
export type BridgeFetch = (url: string, init: RequestInit) => Promise<Response>;

/** The part of a window the host side listens on. */
export interface HostWindow {
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/** The part of an `<iframe>` the host side uses; `contentWindow` is read at every message, never kept. */
export interface FrameElement {
  readonly contentWindow: {
    postMessage(message: unknown, targetOrigin: string, transfer?: Transferable[]): void;
  } | null;
  addEventListener(type: "load", listener: () => void): void;
  removeEventListener(type: "load", listener: () => void): void;
}

/** The part of the extension's own window that the frame side uses. */
export interface FrameWindow {
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  addEventListener(type: "pagehide", listener: (event: { readonly persisted: boolean }) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  readonly parent: { postMessage(message: unknown, targetOrigin: string): void };
  readonly document?: { readonly readyState: string };
}

import type { CloseReason } from "../internal/handshake.ts";
import type { MessageFault } from "../internal/inspect-message.ts";
import type { BridgeFetch, FrameElement, HostWindow } from "../ports.ts";

/** What a frame did that no well-behaved extension does. */
export type BridgeViolationKind =
  | MessageFault
  | "rate_exceeded"
  | "second_hello"
  | "unexpected_load"
  | "unexpected_message"
  | "invalid_route";

/** One violation, for the host's log or metrics; the message itself was dropped. */
export interface BridgeViolation {
  readonly kind: BridgeViolationKind;
  /** Violations of this bridge so far. */
  readonly count: number;
}

/** Options of {@link createHostBridge}. */
export interface HostBridgeOptions {
  /** The frame, with `sandbox="allow-scripts allow-forms"` and its `src` set or about to be set. */
  readonly iframe: FrameElement;
  /** Registry id; the only extension this frame can call. */
  readonly extensionId: string;
  /** Where the extension starts. @default "/" */
  readonly initialPath?: string;
  /** Values of the 31 theme variables; unknown names are left out. */
  readonly themeTokens?: { readonly [name: string]: string | undefined };
  /** @default "/api/ext-proxy" */
  readonly proxyBase?: string;
  /** @default globalThis.fetch */
  readonly fetch?: BridgeFetch;
  /** The window that receives the frame's messages. @default globalThis */
  readonly window?: HostWindow;
  /** The extension moved to another of its own paths: update the address, do not reload the frame. */
  readonly onNavigate?: (path: string, options: { readonly replace: boolean }) => void;
  /** The extension is connected and has its theme and path. */
  readonly onReady?: () => void;
  /** Height the extension asks for, 100–4000 CSS pixels. */
  readonly onResize?: (heightPx: number) => void;
  readonly onViolation?: (violation: BridgeViolation) => void;
  /** The bridge ended; to show the extension again, put a fresh frame in place and create a new bridge. */
  readonly onClose?: (reason: CloseReason) => void;
}

/** The host page's end of one bridge. */
export interface HostBridge {
  /** Hand over new theme values; before the handshake they become the initial ones. */
  setTheme(tokens: { readonly [name: string]: string | undefined }): void;
  /**
   * Move the extension to a path, for the browser's back and forward.
   *
   * @throws {TypeError} when the path is not one an extension may navigate to.
   */
  navigate(path: string): void;
  /** End the bridge and abort calls under way; safe to call twice. */
  close(): void;
}

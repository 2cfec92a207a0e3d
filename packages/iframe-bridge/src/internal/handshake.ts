/** Why a bridge ended. */
export type CloseReason =
  | "closed_by_host"
  | "closed_by_frame"
  /** The document that shook hands is gone: the frame reloaded, navigated or was removed. */
  | "document_replaced"
  /** The first message on the port was not `ready` with the nonce of the hello. */
  | "handshake_failed"
  /** More than 512 violations. */
  | "too_many_violations";

/** What happened, as far as the handshake cares. */
export type HandshakeEvent =
  | { readonly type: "hello"; readonly nonce: string; readonly loading: boolean }
  | { readonly type: "load" }
  /** Any message on the port; `nonce` is set when it is `ready`. */
  | { readonly type: "message"; readonly nonce?: string }
  /** The other end of the port is gone. */
  | { readonly type: "gone" }
  | { readonly type: "close"; readonly reason: CloseReason };

/** What the host has to do next. */
export type HandshakeEffect =
  | "offer_port"
  | "send_bootstrap"
  | "deliver"
  | "teardown"
  | "violation:second_hello"
  | "violation:unexpected_load"
  | "violation:unexpected_message";

/** Where one bridge stands. It only ever moves forward: one document, one port. */
export type HandshakeState =
  | { readonly phase: "waiting"; readonly loads: number }
  | { readonly phase: "offered" | "open"; readonly nonce: string; readonly ownLoadPending: boolean }
  | { readonly phase: "closed"; readonly reason: CloseReason };

/** Result of {@link stepHandshake}. */
export interface HandshakeStep {
  readonly state: HandshakeState;
  readonly effects: readonly HandshakeEffect[];
}

const stay = (state: HandshakeState, ...effects: HandshakeEffect[]): HandshakeStep => ({ state, effects });
const end = (reason: CloseReason, ...effects: HandshakeEffect[]): HandshakeStep => ({
  state: { phase: "closed", reason },
  effects: [...effects, "teardown"],
});

/**
 * The whole handshake of the host side, without windows or ports.
 *
 * A sandboxed document has no origin to check and `event.source` survives a navigation, so a page that replaced
 * the extension looks just like it. Hence one port per bridge: the first hello gets it, the nonce proves that
 * the document holding the port is the one that said hello, and any sign of another document ends the bridge.
 */
export function stepHandshake(state: HandshakeState, event: HandshakeEvent): HandshakeStep {
  if (state.phase === "closed") return stay(state);
  if (event.type === "close") return end(event.reason);
  if (state.phase === "waiting") {
    if (event.type === "load") return stay({ phase: "waiting", loads: state.loads + 1 });
    if (event.type !== "hello") return stay(state);
    // Scripts run before their document's load event, so that one load is still to come and is not a new document.
    const ownLoadPending = event.loading || state.loads === 0;
    return stay({ phase: "offered", nonce: event.nonce, ownLoadPending }, "offer_port");
  }
  switch (event.type) {
    case "hello":
      // A frame repeats its hello until the port arrives; only another document has another nonce.
      return event.nonce === state.nonce ? stay(state) : end("document_replaced", "violation:second_hello");
    case "load":
      return state.ownLoadPending
        ? stay({ ...state, ownLoadPending: false })
        : end("document_replaced", "violation:unexpected_load");
    case "gone":
      return end("document_replaced");
    case "message":
      if (state.phase === "offered") {
        return event.nonce === state.nonce
          ? stay({ ...state, phase: "open" }, "send_bootstrap")
          : end("handshake_failed", "violation:unexpected_message");
      }
      return event.nonce === undefined ? stay(state, "deliver") : stay(state, "violation:unexpected_message");
  }
}

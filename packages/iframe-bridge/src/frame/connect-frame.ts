import { isHostToClient, toEnvelope } from "../envelope.ts";
import { BridgeError } from "../errors.ts";
import type { FrameWindow } from "../ports.ts";
import { createFrameBridge, type FrameBridge } from "./frame-bridge.ts";

/** Options of {@link connectFrame}. */
export interface ConnectFrameOptions {
  /** @default globalThis.window */
  readonly window?: FrameWindow;
  /** How long to wait for a host. @default 10000 */
  readonly timeoutMs?: number;
}

const HELLO_INTERVAL_MS = 250;
const connections = new WeakMap<FrameWindow, Promise<FrameBridge>>();

/**
 * Connect this document to the page that embeds it. A document has one bridge: calling again returns the same
 * promise until that bridge is closed or the attempt failed.
 *
 * @throws {BridgeError} `not_embedded` outside a frame, `handshake_timeout` when no host answers,
 * `closed` when the host refuses during the handshake.
 * @example
 * const bridge = await connectFrame();
 * const answer = await bridge.callProxy("/agreements", { method: "GET" });
 */
export function connectFrame(options: ConnectFrameOptions = {}): Promise<FrameBridge> {
  const frameWindow: FrameWindow = options.window ?? globalThis.window;
  const existing = connections.get(frameWindow);
  if (existing !== undefined) return existing;
  const forget = (): void => {
    if (connections.get(frameWindow) === connection) connections.delete(frameWindow);
  };
  const connection = shakeHands(frameWindow, options.timeoutMs ?? 10_000);
  connections.set(frameWindow, connection);
  connection.then((bridge) => bridge.onClose(forget), forget);
  return connection;
}

function shakeHands(frameWindow: FrameWindow, timeoutMs: number): Promise<FrameBridge> {
  if (Object.is(frameWindow.parent, frameWindow)) {
    return Promise.reject(
      new BridgeError(
        "not_embedded",
        "This page is an extension: open it inside the application it extends.",
      ),
    );
  }
  const nonce = createNonce();
  const { promise, resolve, reject } = Promise.withResolvers<FrameBridge>();
  let port: MessagePort | undefined;

  const hello = (): void => {
    // Nothing in a hello is secret, and a sandboxed document cannot know its host's origin for sure.
    const loading = frameWindow.document?.readyState !== "complete";
    frameWindow.parent.postMessage(toEnvelope("hello", { nonce, loading }), "*");
  };
  const settle = (): void => {
    clearInterval(interval);
    clearTimeout(timer);
    frameWindow.removeEventListener("message", onMessage);
  };
  const fail = (error: BridgeError): void => {
    settle();
    port?.close();
    reject(error);
  };
  const onMessage = (event: MessageEvent): void => {
    if (port !== undefined || event.source !== frameWindow.parent) return;
    const offered = event.ports[0];
    if (offered === undefined || event.ports.length !== 1) return;
    if (!isHostToClient(event.data) || event.data.type !== "port") return;
    clearInterval(interval);
    port = offered;
    port.addEventListener("message", onFirstMessage, { once: true });
    port.addEventListener("close", refused);
    port.start();
    port.postMessage(toEnvelope("ready", { nonce }));
  };
  const refused = (): void =>
    fail(new BridgeError("closed", "The host closed the bridge during the handshake."));
  const onFirstMessage = (event: MessageEvent): void => {
    if (port === undefined) return;
    port.removeEventListener("close", refused);
    if (!isHostToClient(event.data) || event.data.type !== "bootstrap") return refused();
    settle();
    const bridge = createFrameBridge(port, event.data.payload);
    const leaving = port;
    // Not every engine tells a port that its other end is gone, so the document says goodbye itself.
    frameWindow.addEventListener("pagehide", ({ persisted }) => {
      if (persisted) return;
      leaving.postMessage(toEnvelope("close", { reason: "pagehide" }));
      bridge.close();
    });
    resolve(bridge);
  };

  frameWindow.addEventListener("message", onMessage);
  const interval = setInterval(hello, HELLO_INTERVAL_MS);
  const timer = setTimeout(() => {
    fail(
      new BridgeError("handshake_timeout", "The embedding page did not answer.", {
        details: { timeoutMs },
        retryable: true,
      }),
    );
  }, timeoutMs);
  hello();
  return promise;
}

function createNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
